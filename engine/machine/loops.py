"""Many runs in LLVM's language: a loop in which the updated leaves stay in registers.

    define i64 @repeat(ptr %numbers, ptr %outputs, i64 %times, i64 %stride):
        load the inputs and the leaves
        for run in range(times):
            the instructions; leave the loop if one failed
            store the outputs
        store the updated leaves
        return run

Calls of exp or tanh that do not need each other's results are made four at a time. A program too long for one function
is cut into parts.
"""

from __future__ import annotations

from engine.machine.code import PACK, Code, Options, Parts, places, with_functions
from engine.machine.text import Lines, array, module
from engine.programs.kinds import GIVEN
from engine.programs.listing import Listing

LONGEST_LOOP = 3_000
"""The number of instructions up to which `repeat` is one function, with the leaves in registers."""

ABREAST = 8
"""How many results at once are looked at for infinity."""

_REPEAT = "i64 @repeat(ptr noalias %numbers, ptr noalias %outputs, i64 %times, i64 %stride)"


def repeat_module(listing: Listing, options: Options) -> str:
    """``i64 repeat(numbers, outputs, times, stride)``: the number of runs done, all of them or those before one failed.

    numbers  the inputs and the leaves; the updated leaves are stored here, after the last run that was done
    outputs  where the outputs of a run are written; those of the next, ``stride`` further
    """
    return (_short_repeat if len(listing.instructions) <= LONGEST_LOOP else _long_repeat)(listing, options)


def _short_repeat(listing: Listing, options: Options) -> str:
    """`repeat` as one function."""
    updated = listing.leaves[: len(listing.updates)]
    code = Code(listing, options, 1, lambda _, position: f"%number{position}", listing.fallible)
    for position in [*listing.inputs, *listing.leaves]:
        code.load("%numbers", position, name=f"{'first' if position in updated else 'number'}{position}")
    carried = {f"number{position}": ("double", f"%first{position}") for position in updated}
    with code.loop("run", "%times", output=("ptr", "%outputs"), **carried) as becomes:
        code.run(range(len(listing.instructions)))
        new = [code.value(update) for update in listing.updates]
        out = [code.value(output) for output in listing.outputs]
        code.leave_if(code.emit(f"or i1 {code.failed()}, {code.infinite(out + new)}"), "run")
        for index, output in enumerate(out):
            code.store(output, "%output", index)
        becomes.update(zip(carried, new, strict=True))
        becomes["output"] = code.at("%output", "%stride")
    for position in updated:
        code.store(f"%number{position}", "%numbers", position)
    return module(with_functions(listing, options, PACK, code), code.define(_REPEAT, "i64 %run"))


def _long_repeat(listing: Listing, options: Options) -> str:
    """`repeat` in parts. The results of a run wait in ``@results`` until all are known to be finite."""
    results = (*listing.outputs, *listing.updates)
    outputs, updates = len(listing.outputs), len(listing.updates)
    uses = places(results)

    def fetch(code: Code, position: int) -> str:
        """Read an input or a leaf."""
        return code.load("%numbers", position)

    def finish(code: Code, position: int) -> None:
        """Leave a result of the run in the array."""
        for index in uses.get(position, ()):
            code.store(code.value(position), "@results", index)

    chosen = [p for p, instruction in enumerate(listing.instructions) if instruction.kind not in GIVEN or p in uses]
    parts = Parts(listing, options, 1, chosen, fetch, finish, "ptr noalias %numbers")
    code = Code(listing, options, 1, fetch, set())
    leaves = code.at("%numbers", len(listing.inputs))
    new_leaves = code.at("@results", outputs)
    with code.loop("run", "%times", output=("ptr", "%outputs")) as becomes:
        failed = code.emit("call i1 @block(ptr %numbers)")
        blocks = -(-len(results) // ABREAST)
        code.leave_if(code.emit(f"or i1 {failed}, {_infinite(code, blocks)}"), "run")
        code.copy("@results", "%output", 8 * outputs)
        code.copy(new_leaves, leaves, 8 * updates)
        becomes["output"] = code.at("%output", "%stride")
    return module(
        array("results", blocks, f"<{ABREAST} x double>"),
        with_functions(listing, options, PACK, code, *parts.codes),
        parts.text(),
        code.define(_REPEAT, "i64 %run"),
    )


def _infinite(code: Code, blocks: int) -> str:
    """Whether an entry of ``@results`` is infinite or NaN: x - x is 0 for any other. As a loop, it compiles at once."""
    vector = f"<{ABREAST} x double>"
    with code.loop("i", str(blocks), check=(vector, "zeroinitializer")) as becomes:
        held = code.load("@results", "%i", vector)
        nothing = code.emit(f"fsub {vector} {held}, {held}")
        becomes["check"] = code.emit(f"fadd {vector} %check, {nothing}")
    total = code.emit(f"call double @llvm.vector.reduce.fadd.v{ABREAST}f64(double 0.0, {vector} %check)")
    return code.emit(f"fcmp uno double {total}, 0.0")


def drive_module() -> str:
    """``i64 drive(…)``: runs of one program whose inputs are sums of another; the number of runs done.

    sum, repeat   the addresses of the two functions: `sum` of theirs, whose totals are the inputs of ours, and `repeat`
    theirs, ours  the numbers of the two programs; after each run, ``ours[from[i]]`` is copied to ``theirs[to[i]]``
    """
    code = Lines(1)
    with code.loop("run", "%times", output=("ptr", "%outputs")) as becomes:
        failed = code.emit("call i64 %sum(ptr %rows, i64 %count, ptr %theirs, ptr %ours)", "failed")
        code.leave_if(code.emit(f"icmp ne i64 {failed}, 0"), "run")
        done = code.emit("call i64 %repeat(ptr %ours, ptr %output, i64 1, i64 0)", "done")
        code.leave_if(code.emit(f"icmp ne i64 {done}, 1"), "run")
        with code.loop("i", "%shared"):
            number = code.load("%ours", code.load("%from", "%i", "i64"))
            code.store(number, "%theirs", code.load("%to", "%i", "i64"))
        becomes["output"] = code.at("%output", "%stride")
    addresses = "ptr %sum, ptr %repeat, ptr %rows, i64 %count, ptr %theirs, ptr %ours, ptr %outputs"
    head = f"i64 @drive({addresses}, i64 %times, i64 %stride, ptr %from, ptr %to, i64 %shared)"
    return code.define(head, "i64 %run")

"""Many runs in LLVM's language: a loop in which the updated leaves are registers.

Calls of exp or tanh that do not wait for each other are made four at a time. A program too long for one function is cut
into parts.
"""

from __future__ import annotations

from engine.machine.code import PACK, Code, Options, Parts, places, with_functions
from engine.programs.listing import Listing

LONGEST_LOOP = 3_000
"""The number of instructions up to which `repeat` is one function, with the leaves in registers."""


def repeat_module(listing: Listing, options: Options) -> str:
    """``i64 repeat(numbers, outputs, times, stride)``: the number of runs done, all of them or those before one failed.

    numbers  the inputs and the leaves; the updated leaves are stored here, after the last run that was done
    outputs  where the outputs of a run are written; those of the next, ``stride`` further
    """
    if len(listing.instructions) > LONGEST_LOOP:
        return _long_repeat(listing, options)
    inputs, leaves = listing.inputs, listing.leaves
    updated = leaves[: len(listing.updates)]
    code = Code(listing, options, 1, lambda _, position: f"%number{position}", listing.fallible)
    loads = "\n".join(
        f"  %place{p} = getelementptr double, ptr %numbers, i64 {p}\n"
        f"  %{'first' if p in updated else 'number'}{p} = load double, ptr %place{p}"
        for p in inputs + leaves
    )
    code.run(range(len(listing.instructions)))
    new = [code.value(update) for update in listing.updates]
    out = [code.value(output) for output in listing.outputs]
    bad = code.emit(f"or i1 {code.failed()}, {code.infinite(out + new)}")
    body = code.take()
    for index, output in enumerate(out):
        code.store(output, "%output", index)
    finish = code.take()
    phis = "\n".join(
        f"  %number{p} = phi double [ %first{p}, %entry ], [ {value}, %finish ]"
        for p, value in zip(updated, new, strict=True)
    )
    done = "\n".join(f"  store double {value}, ptr %place{p}" for p, value in zip(updated, new, strict=True))
    stop = "\n".join(f"  store double %number{p}, ptr %place{p}" for p in updated)
    function = _loop(loads, phis, body, bad, finish, done, stop)
    return f"{function}{with_functions(listing, options, PACK, code)}\n"


def _long_repeat(listing: Listing, options: Options) -> str:
    """`repeat` in parts. The results of a run wait in an array until all are there and have been looked at."""
    results = (*listing.outputs, *listing.updates)
    outputs, updates = len(listing.outputs), len(listing.updates)
    first = len(listing.inputs)

    def fetch(code: Code, position: int) -> str:
        """Read an input or a leaf."""
        return code.load("%numbers", position)

    uses = places(results)

    def finish(code: Code, position: int) -> None:
        """Leave a result of the run in the array."""
        for index in uses.get(position, ()):
            code.store(code.value(position), "@results", index)

    parts = Parts(listing, options, 1, range(len(listing.instructions)), fetch, finish, "ptr noalias %numbers")
    code = Code(listing, options, 1, fetch, set())
    infinite = code.infinite([code.load("@results", index) for index in range(len(results))])
    entry = (
        f"  %leaves = getelementptr double, ptr %numbers, i64 {first}\n"
        f"  %following = getelementptr double, ptr @results, i64 {outputs}"
    )
    copy = "  call void @llvm.memcpy.p0.p0.i64(ptr {}, ptr {}, i64 {}, i1 false)"
    finish_run = "\n".join(
        [copy.format("%output", "@results", 8 * outputs), copy.format("%leaves", "%following", 8 * updates)]
    )
    body = f"  %failed = call i1 @block(ptr %numbers)\n{code.text()}\n  %bad = or i1 %failed, {infinite}"
    return f"""
@results = internal global [{max(1, len(results))} x double] zeroinitializer, align 64
{parts.text()}
{_loop(entry, "", body, "%bad", finish_run, "", "")}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
{with_functions(listing, options, PACK, code, *parts.codes)}
"""


def _loop(entry: str, phis: str, body: str, bad: str, finish: str, done: str, stop: str) -> str:
    """``repeat`` around the lines of a run: those before the first, those of each, and those when it was the last.

    bad     whether a run has failed
    finish  what is done after one that has not
    done    after the last of all
    stop    after one that has failed
    """
    return f"""
define i64 @repeat(ptr noalias %numbers, ptr noalias %outputs, i64 %times, i64 %stride) {{
entry:
{entry}
  br label %loop
loop:
  %run = phi i64 [ 0, %entry ], [ %next, %finish ]
  %output = phi ptr [ %outputs, %entry ], [ %further, %finish ]
{phis}
{body}
  br i1 {bad}, label %stop, label %finish
finish:
{finish}
  %next = add i64 %run, 1
  %further = getelementptr double, ptr %output, i64 %stride
  %over = icmp eq i64 %next, %times
  br i1 %over, label %done, label %loop
done:
{done}
  ret i64 %times
stop:
{stop}
  ret i64 %run
}}
"""

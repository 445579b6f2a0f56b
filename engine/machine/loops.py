"""Many runs in LLVM's language.

define i64 @repeat(ptr %numbers, ptr %outputs, i64 %times, i64 %stride):
    for run in range(times):
        the nests; leave the loop if one failed, or a result is not finite
        store the outputs, then the updated leaves
    return run
"""

from __future__ import annotations

from math import prod

from engine.machine.code import Options
from engine.machine.kernels import Kernel, kernel_of, reading
from engine.machine.lanes import best_lane
from engine.machine.memory import Place
from engine.machine.parts import Parts
from engine.machine.registers import REPEAT, ShortRepeat
from engine.machine.text import Lines
from engine.programs.affine import NUMBERS, Access, Dims, canonical
from engine.programs.nests import Nests
from engine.programs.rolling import Delivery

LONGEST_SHORT = 1_500
"""The number of instructions up to which a run is written out, in registers."""

RESULTS = 1 << 60
"""Stands for the array that results are delivered to."""


def repeat_module(nests: Nests, options: Options) -> str:
    """``i64 repeat(numbers, outputs, times, stride)``: the number of runs done, all of them or those before one failed.

    numbers  the inputs and the leaves; the updated leaves are stored here, after the last run that was done
    outputs  where the outputs of a run are written; those of the next, ``stride`` further
    """
    return repeat_writer(nests, options).text()


def repeat_writer(nests: Nests, options: Options) -> ShortRepeat | Repeat:
    """What writes it: one function for a short program, several for a long one."""
    return (ShortRepeat if nests.work <= LONGEST_SHORT else Repeat)(nests, options)


class Repeat(Parts):
    """The functions that make up ``repeat``."""

    parameters = "ptr noalias %numbers, ptr noalias %frame, ptr noalias %results, ptr noalias %alarm"

    def __init__(self, nests: Nests, options: Options) -> None:
        super().__init__(nests, options)
        nests = self.nests
        for group in nests.rolled.groups:
            if group.number in nests.read:
                self.frame.groups[group.number] = Place("%frame", self.frame.room(group.size))
        self.updates = [self.staged(delivery) for delivery in nests.rolled.updates]

    def staged(self, delivery: Delivery) -> Delivery:
        """An update that is another leaf waits in an array of its own, for that leaf may get a new number first."""
        if delivery.source.array != NUMBERS:
            return delivery
        size = prod(delivery.dims)
        array = RESULTS + 1 + len(self.frame.groups)
        self.frame.groups[array] = Place("%frame", self.frame.room(size))
        return delivery._replace(source=Access(array, 0, canonical(delivery.dims)))

    def text(self) -> str:
        """The module."""
        rolled = self.nests.rolled
        calls = [self.function([self.in_lanes(kernel_of(nest, self.frame.groups))]) for nest in self.nests.nests]
        pairs = zip(rolled.updates, self.updates, strict=True)
        copies = [self.copied(old.dims, old.source, new.source) for old, new in pairs if old is not new]
        checks = [self.copied(each.dims, each.source, None) for each in (*rolled.outputs, *rolled.updates)]
        calls.append(self.function([*copies, *checks]))
        outputs, updates = (
            self.function([self.copied(each.dims, each.source, each.target._replace(array=RESULTS)) for each in found])
            for found in (rolled.outputs, self.updates)
        )
        return self.module(self.driver(calls, outputs, updates))

    def place(self, access: Access) -> Place:
        """Where an array lies."""
        return Place("%results") if access.array == RESULTS else self.frame.place(access)

    def copied(self, dims: Dims, source: Access, target: Access | None) -> Kernel:
        """The nest that copies numbers; without a target, it looks whether they are finite."""
        return self.in_lanes(Kernel(dims, None, [], reading(source), [target], checked=target is None))

    def in_lanes(self, kernel: Kernel) -> Kernel:
        """The nest with a loop in lanes, if that pays."""
        return kernel._replace(lane=best_lane(kernel, self.place, self.options.lanes))

    def function(self, kernels: list[Kernel]) -> str:
        """The call of a new function that carries out some nests."""
        return self.part(kernels, self.place)

    def driver(self, calls: list[str], outputs: str, updates: str) -> str:
        """``repeat`` itself."""
        code = self.new_code(self.options)
        code.do("store i8 0, ptr @alarm")
        state = code.at("%numbers", len(self.nests.rolled.tape.input_labels))
        with code.loop("run", "%times", output=("ptr", "%outputs")) as becomes:
            for call in calls:
                self.call(code, call, results="%output")
            alarm = code.emit("load i8, ptr @alarm")
            code.leave_if(code.emit(f"icmp ne i8 {alarm}, 0"), "run")
            self.call(code, outputs, results="%output")
            self.call(code, updates, results=state)
            becomes["output"] = code.at("%output", "%stride")
        return code.define(REPEAT, "i64 %run")


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

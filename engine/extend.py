"""For packages that build on the engine, as `nn` and `viz` do: what they may use beside the public names of `engine`.

The walk (`topological_order` and ``Value.edges`` are public)
    `check_fresh`       raises if a leaf was changed after the graph was recorded, so that its numbers no longer agree
    `collector_paused`  keeps the garbage collector away while a large graph is made or read
    `recorded`          records even inside a ``no_grad`` block, for gradients that a computation itself needs
Operations (`primitives_table` is public)
    `FLOATS`            what a row's formulas call, on floats: ``eval(text, FLOATS, operands)``
    `CONSTANTS`         the constants they may name, which are in `FLOATS` too
    `FAILURES`          the exceptions with which a formula fails outside its domain
    `Undefined`         the partial that does not exist, with the error that says why
    `Cut`               the partial of an operand that was not taken: a zero that passes nothing back
    `cut_off`           the result of a product or a sum in which there are such zeros
    `operation_key`     what tells the operation of a result from all others: the name of its row, or ``pow(x, 2.0)``
    `gradient_of`       the gradient of a Value, `Undefined` where ``grad`` would raise
    `GRADIENT_OF`       for each Value that `gradients` returned: by what it is the derivative
Numbers
    `real_number`       anything that counts as a number, as a float; a TypeError that says what it was meant for
    `as_value`          a number as a leaf; a Value as it is
    `read_data`         the data of many leaves, also while a program is recorded
    `store_data`        new numbers for many leaves at once, all or none
    `numbers_in`        the Values and numbers in nested lists, tuples, dicts and NumPy's object arrays
    `values_in`         only the Values there
    `flatten`           the numbers of nested lists, tuples and arrays one by one, whatever they are
    `vector_like`       results as an array, if what they were computed from is one
States that outlive a call
    `State`             a context manager whose state ends with its block, wherever Ctrl-C comes; it begins in ``begin``
    `Entry`             what ``begin`` is given: ``entry.hold()`` lives as long as the block
    `set_end`           says which function in C is called when that goes
Loops
    `Loop`              Values that are computed alike, as those of a layer's neurons are, with the loops around them
    `loops_of`          the loops in the graph of some Values
What becomes of a graph
    `stages_of`         a Value and its gradient from the graph to the processor, each line with what it was made from
    `Stage`, `Line`     what it consists of
    `stated`            a result of which all is stated: as somebody else computed it
    `NO_PARTIAL`        the partial of every operand in the graph of a stage's instructions
JavaScript (`Program.javascript` is public)
    `javascript_library`     the functions of these names, which programs in a page share, with all they need
    `javascript_primitives`  rows of the table, for a page that computes a graph as the engine does
Scopes (the decorator `scope` is public)
    `Scope`             a named part of a computation, as a neuron is
    `mark`              notes that a scope computed a Value, and from which inputs
    `calls_of`          the calls of scopes that gave a Value, the outermost first
Files
    `replace_file`      new content for a file, complete or not at all
"""

from engine.collector import collector_paused
from engine.failures import Undefined, cut_off
from engine.files import replace_file
from engine.formulas import FAILURES, FLOATS
from engine.gradients import GRADIENT_OF, check_fresh
from engine.leaves import as_value, gradient_of, read_data, store_data
from engine.manners import real_number
from engine.primitives import CONSTANTS, Cut
from engine.programs.alike import Loop, loops_of
from engine.programs.javascript.library import text as javascript_library
from engine.programs.javascript.rows import primitives_text as javascript_primitives
from engine.programs.pictured import NO_PARTIAL, stated
from engine.programs.stages import Line, Stage, stages_of
from engine.recording import recorded
from engine.registration import operation_key
from engine.scopes import Scope, calls_of, mark, numbers_in, values_in
from engine.states import Entry, State, set_end
from engine.trees import flatten, vector_like

__all__ = [
    "CONSTANTS",
    "FAILURES",
    "FLOATS",
    "GRADIENT_OF",
    "NO_PARTIAL",
    "Cut",
    "Entry",
    "Line",
    "Loop",
    "Scope",
    "Stage",
    "State",
    "Undefined",
    "as_value",
    "calls_of",
    "check_fresh",
    "collector_paused",
    "cut_off",
    "flatten",
    "gradient_of",
    "javascript_library",
    "javascript_primitives",
    "loops_of",
    "mark",
    "numbers_in",
    "operation_key",
    "read_data",
    "real_number",
    "recorded",
    "replace_file",
    "set_end",
    "stages_of",
    "stated",
    "store_data",
    "values_in",
    "vector_like",
]

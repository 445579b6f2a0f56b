"""What those who build on the engine may use beside its public names: `nn` and `viz` take nothing else from inside.

The walk      `check_fresh`, `collector_paused`; `engine.topological_order` and ``Value.edges`` are public
Operations    `FAILURES`, `FLOATS`, `CONSTANTS`: to evaluate a row's formulas on floats
Partials      `Undefined`: the one that does not exist
Numbers       `real_number`, `as_value`, `store_data`
Scopes        `Scope`, `mark`, `calls_of`, `values_in`, `numbers_in`
Recording     `recorded`
"""

from engine.collector import collector_paused
from engine.failures import Undefined
from engine.formulas import FAILURES, FLOATS
from engine.gradients import check_fresh
from engine.leaves import as_value, store_data
from engine.manners import real_number
from engine.primitives import CONSTANTS
from engine.recording import recorded
from engine.scopes import Scope, calls_of, mark, numbers_in, values_in

__all__ = [
    "CONSTANTS",
    "FAILURES",
    "FLOATS",
    "Scope",
    "Undefined",
    "as_value",
    "calls_of",
    "check_fresh",
    "collector_paused",
    "mark",
    "numbers_in",
    "real_number",
    "recorded",
    "store_data",
    "values_in",
]

"""What cannot be plotted raises an error that names the argument, down to the entry."""

import math

import pytest
from support.plot_reading import TARGETS, XOR, bowl

from engine import Value
from nn import MLP
from viz import plots

INF, NAN = math.inf, math.nan

VALID = {
    "loss_curves": {"losses": [1.0]},
    "loss_bands": {"curves": [[1.0]]},
    "weights_over_time": {"states": [{"w": 1.0}]},
    "decision_boundary": {"model": sum, "inputs": XOR, "targets": TARGETS, "resolution": 4},
    "class_regions": {"model": list, "inputs": XOR, "classes": TARGETS, "resolution": 4},
    "fitted_curve": {"model": float, "inputs": [1, 2], "targets": [1, 2], "resolution": 4},
    "descent_paths": {"function": bowl, "paths": {"a": [(0, 0), (1, 1)]}, "resolution": 4},
    "heat_map": {"numbers": [[1, 2], [3, 4]], "rows": ["a", "b"], "columns": ["c", "d"]},
}

# Each with what is given in place of a valid argument, and a part of the message.
WRONG_TYPES = [
    ("loss_curves", {"losses": [1.0, "x"]}, r"losses\[1\] takes a real number, not 'x'"),
    ("loss_curves", {"losses": [Value(1.0)]}, r"losses\[0\] takes a real number.*detach\(\) or data"),
    ("loss_curves", {"losses": 0.5}, "losses is a list of numbers, not 0.5"),
    ("loss_bands", {"curves": {"a": [[Value(1.0)]]}}, r"curves\['a'\]\[0\]\[0\] takes a real number"),
    ("loss_bands", {"label": None}, "label is a text, not None"),
    ("weights_over_time", {"states": [{"w": None}]}, r"states\[0\]\['w'\] takes a real number, not None"),
    ("weights_over_time", {"states": [{"w": 1.0}, [1.0]]}, r"states\[1\] is a dictionary of numbers by"),
    ("weights_over_time", {"states": [{0: 1.0}]}, r"a name in states\[0\] is a text, not 0 of type int"),
    ("weights_over_time", {"states": {"w": 1.0}}, "states is a list of dictionaries, each a state_dict"),
    ("decision_boundary", {"inputs": [1, 2, 3, 4]}, r"inputs\[0\] is a list of numbers, not 1 of type int"),
    ("decision_boundary", {"model": 3.0}, "model is a function of a list of two numbers, not 3.0"),
    ("decision_boundary", {"model": lambda x: x}, r"one number or Value, but at \[-0\.25, -0\.25\]"),
    ("decision_boundary", {"resolution": 2.0}, r"resolution is a whole number, not 2\.0"),
    ("class_regions", {"classes": [0.0] * 4}, r"classes\[0\] is a whole number.* not 0\.0"),
    ("class_regions", {"model": lambda x: 1.0}, r"the answer at \[0\.0, 0\.0\] is a list of scores, not 1\.0"),
    ("class_regions", {"model": lambda x: ["a", 1]}, "one number or Value, but .* 'a'"),
    ("fitted_curve", {"model": 3.0}, "model is a function of a number, not 3.0"),
    ("descent_paths", {"paths": [(0, 0)]}, r"paths is a dictionary of lists of points, not \[\(0, 0\)\]"),
    ("heat_map", {"rows": "ab"}, "rows is a list of keys, not 'ab'"),
    ("heat_map", {"columns": [("a", 1), ("a", "b")]}, r"columns\[0\]\[1\] is a text, not 1"),
]

WRONG_VALUES = [
    ("loss_curves", {"losses": []}, "nothing to plot: losses is empty"),
    ("loss_curves", {"losses": {"a": [1.0], "b": []}}, r"nothing to plot: losses\['b'\] is empty"),
    ("loss_curves", {"losses": [1.0, NAN]}, r"losses\[1\] is nan, which has no place on an axis"),
    ("loss_curves", {"losses": {1: [1.0], "1": [1.0]}}, "two entries of losses have the same name"),
    ("loss_curves", {"losses": {"a": [1.0], "b": [-1.0]}, "logarithmic": True}, r"the loss falls to -1\.0"),
    ("loss_bands", {"curves": [[], []]}, "no losses to plot: every curve is empty"),
    ("loss_bands", {"curves": [[INF], [NAN]]}, "nothing to plot: in every epoch most of the losses are infinite"),
    ("loss_bands", {"curves": [[-INF]]}, r"curves\[0\]\[0\] is -inf"),
    ("loss_bands", {"curves": [[1.0], [1.0, 2.0]], "epochs": [3]}, "there are 2 losses in a curve and 1 epoch"),
    ("loss_bands", {"epochs": [0, 2, 2]}, r"epochs rise, but epochs\[2\] is 2\.0 after 2\.0"),
    ("loss_bands", {"curves": {"a": [[1.0, 0.0]]}, "logarithmic": True}, r"the loss falls to 0\.0"),
    ("weights_over_time", {"states": [{}, {}]}, r"nothing to plot: states\[0\] has no parameters"),
    ("weights_over_time", {"states": [{"w": 1, "b": 1}, {"w": 1}]}, r"states\[1\] has no 'b', as states\[0\] has"),
    ("weights_over_time", {"states": [{"w": 1}, {"w": 1, "b": 1}]}, r"states\[0\] has no 'b', as states\[1\] has"),
    ("weights_over_time", {"states": [{"w": 1.0}, {"w": NAN}]}, r"states\[1\]\['w'\] is nan"),
    ("weights_over_time", {"states": [{f"layer{n}.w": 1.0 for n in range(37)}]}, "37 layers, more than the 36 panels"),
    ("decision_boundary", {"inputs": [[1, 2, 3]] * 4}, r"inputs\[0\] has 3 numbers, but takes 2"),
    ("decision_boundary", {"inputs": XOR[:3]}, "there are 3 inputs and 4 targets"),
    ("decision_boundary", {"inputs": [], "targets": []}, "nothing to plot: inputs is empty"),
    ("decision_boundary", {"model": lambda x: NAN}, r"the model answers nan at \[-0\.25, -0\.25\]"),
    ("decision_boundary", {"model": MLP([3, 1])}, "takes 3 inputs, not 2"),
    ("decision_boundary", {"resolution": 1}, "resolution is at least 2, not 1"),
    ("decision_boundary", {"margin": -0.1}, "margin is at least 0, not -0.1"),
    ("decision_boundary", {"threshold": NAN}, "threshold is nan"),
    ("class_regions", {"answers": [0, 1, 9, 0]}, "answers has a 9, but the model gives 2 scores"),
    ("class_regions", {"answers": [0, 1, -1, 0]}, r"answers\[2\] is -1, but classes are counted from 0"),
    ("class_regions", {"classes": [0, 1, 2, 0]}, "classes has a 2, but the model gives 2 scores"),
    ("class_regions", {"names": ["a", "b", "c"]}, "there are 3 names for 2 classes"),
    ("class_regions", {"model": lambda x: [1.0] * (2 + (x[0] > 0.5))}, "2 scores here and 3 there"),
    ("descent_paths", {"paths": {"a": []}}, r"nothing to plot: paths\['a'\] is empty"),
    ("descent_paths", {"paths": {"a": [(0, 0), (1,)]}}, r"paths\['a'\]\[1\] has 1 numbers, but takes 2"),
    ("heat_map", {"numbers": [[1, 2]]}, "numbers has 1 rows, but takes 2"),
    ("heat_map", {"numbers": [[1, 2], [3]]}, r"numbers\[1\] has 1 numbers, but takes 2"),
    ("heat_map", {"numbers": [[None, None]] * 2}, "every number is None"),
    ("heat_map", {"columns": ["a", ("b", "c")]}, r"columns\[0\] has 1 levels, but columns\[1\] has 2"),
    ("heat_map", {"columns": ["a"] * 121}, "columns has 121 keys, but takes 1 to 120"),
    ("heat_map", {"row_names": ("a", "b")}, r"rows\[0\] has 1 levels, but row_names has 2"),
    ("heat_map", {"limits": (1, 1)}, r"limits rise.*\(1, 1\)"),
    ("heat_map", {"limits": (0, 5e-324)}, "limits rise"),
]


@pytest.mark.parametrize(
    ("error", "plot", "changes", "message"),
    [(error, *case) for error, table in ((TypeError, WRONG_TYPES), (ValueError, WRONG_VALUES)) for case in table],
)
def test_what_cannot_be_plotted_is_named(error, plot, changes, message):
    with pytest.raises(error, match=message):
        getattr(plots, plot)(**VALID[plot] | changes)

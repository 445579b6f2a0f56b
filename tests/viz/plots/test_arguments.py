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
WRONG_TYPES = {
    "loss_curves": [
        ({"losses": [1.0, "x"]}, r"losses\[1\] takes a real number, not 'x'"),
        ({"losses": [Value(1.0)]}, r"losses\[0\] takes a real number.*detach\(\) or data"),
        ({"losses": 0.5}, "losses is a list of numbers, not 0.5"),
        ({"losses": {"a": 1.0}}, r"losses\['a'\] is a list of numbers"),
    ],
    "loss_bands": [
        ({"curves": [0.5]}, r"curves\[0\] is a list of numbers, not 0\.5"),
        ({"curves": {"a": [[Value(1.0)]]}}, r"curves\['a'\]\[0\]\[0\] takes a real number"),
        ({"epochs": 3}, "epochs is a list of numbers, not 3"),
        ({"label": None}, "label is a text, not None"),
    ],
    "weights_over_time": [
        ({"states": [{"w": None}]}, r"states\[0\]\['w'\] takes a real number, not None"),
        ({"states": [{"w": 1.0}, [1.0]]}, r"states\[1\] is a dictionary of numbers by name, not \[1\.0\]"),
        ({"states": [{0: 1.0}]}, r"a name in states\[0\] is a text, not 0 of type int"),
        ({"states": {"w": 1.0}}, r"states is a list of dictionaries, each a state_dict\(\), not .* of type dict"),
    ],
    "decision_boundary": [
        ({"inputs": [1, 2, 3, 4]}, r"inputs\[0\] is a list of numbers, not 1 of type int"),
        ({"inputs": [[0, None]] * 4}, r"inputs\[0\]\[1\] takes a real number, not None"),
        ({"targets": 1.0}, "targets is a list of numbers, not 1.0"),
        ({"model": 3.0}, "model is a function of a list of two numbers, not 3.0"),
        ({"model": lambda x: x}, r"answers with one number or Value, but at \[-0\.25, -0\.25\] it gives \["),
        ({"model": MLP([2, 2])}, "one number or Value, but .* of type list"),
        ({"resolution": 2.0}, r"resolution is a whole number, not 2\.0"),
        ({"labels": "ab"}, "labels is a list of texts, not 'ab'"),
        ({"labels": ("a", 2)}, r"labels\[1\] is a text, not 2"),
    ],
    "class_regions": [
        ({"classes": [0.0] * 4}, r"classes\[0\] is a whole number, the place of a class among the scores, not 0\.0"),
        ({"classes": [True] * 4}, r"classes\[0\] is a whole number.* not True"),
        ({"names": ["a", 1]}, r"names\[1\] is a text, not 1"),
        ({"model": lambda x: 1.0}, r"a list of scores, one for each class, but at \[0\.0, 0\.0\] it gives 1\.0"),
        ({"model": lambda x: ["a", 1]}, "one number or Value, but .* 'a'"),
    ],
    "fitted_curve": [
        ({"inputs": 3}, "inputs is a list of numbers, not 3"),
        ({"model": 3.0}, "model is a function of a number, not 3.0"),
        ({"truth": 3.0}, "truth is a function of a number, not 3.0"),
        ({"model": lambda x: [x]}, r"the model answers with one number.* at 0\.75 .*\[0"),
        ({"labels": (1, "a")}, r"labels\[0\] is a text, not 1"),
    ],
    "descent_paths": [
        ({"function": 3.0}, "function is a function of two numbers, not 3.0"),
        ({"function": lambda x, y: "a"}, "the function answers with one number.* 'a'"),
        ({"paths": [(0, 0)]}, r"paths is a dictionary of lists of points, not \[\(0, 0\)\]"),
        ({"paths": {"a": 1}}, r"paths\['a'\] is a list of points, not 1"),
        ({"minimum": 1}, "minimum is a list of numbers, not 1"),
    ],
    "heat_map": [
        ({"numbers": [[1, 2], 3]}, r"numbers\[1\] is a list of numbers, not 3"),
        ({"numbers": [[1, 2], [3, "x"]]}, r"numbers\[1\]\[1\] takes a real number, not 'x'"),
        ({"rows": "ab"}, "rows is a list of texts, not 'ab'"),
        ({"rows": ["a", 1]}, r"rows\[1\] is a list of texts, not 1 of type int"),
        ({"columns": [("a", 1), ("a", "b")]}, r"columns\[0\]\[1\] is a text, not 1"),
        ({"column_names": (1,)}, r"column_names\[0\] is a text, not 1"),
        ({"label": 1}, "label is a text, not 1"),
    ],
}

WRONG_VALUES = {
    "loss_curves": [
        ({"losses": []}, "nothing to plot: losses is empty"),
        ({"losses": {}}, "nothing to plot: losses is empty"),
        ({"losses": {"a": [1.0], "b": []}}, r"nothing to plot: losses\['b'\] is empty"),
        ({"losses": [1.0, NAN]}, r"losses\[1\] is nan, which has no place on an axis"),
        ({"losses": {"a": [1.0], "b": [1.0, 2.0, -INF]}}, r"losses\['b'\]\[2\] is -inf"),
        ({"losses": {1: [1.0], "1": [1.0]}}, "two entries of losses have the same name"),
        ({"losses": [1.0, 0.0], "logarithmic": True}, r"the loss falls to 0\.0.*logarithmic=False"),
        ({"losses": {"a": [1.0], "b": [-1.0]}, "logarithmic": True}, r"the loss of 'b' falls to -1\.0"),
    ],
    "loss_bands": [
        ({"curves": []}, "nothing to plot: curves is empty"),
        ({"curves": {"a": []}}, r"nothing to plot: curves\['a'\] is empty"),
        ({"curves": [[], []]}, "no losses to plot: every curve is empty"),
        ({"curves": [[INF], [NAN]]}, "nothing to plot: in every epoch most of the losses are infinite"),
        ({"curves": [[-INF]]}, r"curves\[0\]\[0\] is -inf"),
        ({"curves": [[1.0], [1.0, 2.0]], "epochs": [3]}, "there are 2 losses in a curve and 1 epoch"),
        ({"epochs": [0, 2, 2]}, r"epochs rise, but epochs\[2\] is 2\.0 after 2\.0"),
        ({"epochs": [0, NAN]}, r"epochs\[1\] is nan"),
        ({"curves": {"a": [[1.0, 0.0]]}, "logarithmic": True}, r"the loss of 'a' falls to 0\.0"),
    ],
    "weights_over_time": [
        ({"states": []}, "nothing to plot: states is empty"),
        ({"states": [{}, {}]}, r"nothing to plot: states\[0\] has no parameters"),
        ({"states": [{"w": 1.0, "b": 1.0}, {"w": 1.0}]}, r"states\[1\] has no 'b', as states\[0\] has"),
        ({"states": [{"w": 1.0}, {"w": 1.0}, {"w": 1.0, "b": 1.0}]}, r"states\[0\] has no 'b', as states\[2\] has"),
        ({"states": [{"w": 1.0}, {"w": NAN}]}, r"states\[1\]\['w'\] is nan"),
        ({"states": [{f"layer{n}.w": 1.0 for n in range(37)}]}, "37 layers, more than the 36 panels"),
    ],
    "decision_boundary": [
        ({"inputs": [[1, 2, 3]] * 4}, r"inputs\[0\] has 3 numbers in place of 2"),
        ({"inputs": [[0, INF]] * 4}, r"inputs\[0\]\[1\] is inf"),
        ({"inputs": XOR[:3]}, "there are 3 inputs and 4 targets"),
        ({"inputs": [], "targets": []}, "nothing to plot: inputs is empty"),
        ({"targets": [[0, 1]] * 4}, r"targets\[0\] has 2 numbers in place of 1"),
        ({"targets": [0, 1, NAN, 1]}, r"targets\[2\] is nan"),
        ({"model": lambda x: NAN}, r"the model answers nan at \[-0\.25, -0\.25\]"),
        ({"model": lambda x: Value(INF)}, "the model answers inf"),
        ({"model": lambda x: -1.1e300}, "the model answers -1.1e[+]300"),
        ({"model": MLP([3, 1])}, "takes 3 inputs, not 2"),
        ({"resolution": 1}, "resolution is at least 2, not 1"),
        ({"margin": -0.1}, "margin is at least 0, not -0.1"),
        ({"threshold": NAN}, "threshold is nan"),
        ({"labels": ("a", "b", "c")}, "labels has 3 texts in place of 2"),
    ],
    "class_regions": [
        ({"inputs": XOR[:3]}, "there are 3 inputs and 4 classes"),
        ({"answers": [0, 1]}, "there are 4 inputs and 2 answers"),
        ({"answers": [0, 1, 9, 0]}, "answers has a 9, but the model gives 2 scores"),
        ({"answers": [0, 1, -1, 0]}, r"answers\[2\] is -1, but classes are counted from 0"),
        ({"classes": [0, 1, 2, 0]}, "classes has a 2, but the model gives 2 scores"),
        ({"names": ["a", "b", "c"]}, "there are 3 names for 2 classes"),
        ({"model": lambda x: [1.0]}, "2 to 7 classes, but the model gives 1 score$"),
        ({"model": lambda x: [1.0] * 8}, "2 to 7 classes, but the model gives 8 scores"),
        ({"model": lambda x: [1.0] * (2 + (x[0] > 0.5))}, "2 scores here and 3 there"),
        ({"model": lambda x: [1.0, Value(NAN)]}, r"the model answers nan at \[0\.0, 0\.0\]"),
    ],
    "fitted_curve": [
        ({"inputs": [[1, 2]] * 2}, r"inputs\[0\] has 2 numbers in place of 1"),
        ({"inputs": [1]}, "there are 1 inputs and 2 targets"),
        ({"targets": [1, INF]}, r"targets\[1\] is inf"),
        ({"truth": lambda x: NAN}, r"the truth answers nan at 0\.75"),
    ],
    "descent_paths": [
        ({"function": lambda x, y: INF}, r"the function answers inf at \[-0\.1, -0\.1\]"),
        ({"paths": {}}, "nothing to plot: paths is empty"),
        ({"paths": {"a": []}}, r"nothing to plot: paths\['a'\] is empty"),
        ({"paths": {"a": [(0, 0), (1,)]}}, r"paths\['a'\]\[1\] has 1 numbers in place of 2"),
        ({"minimum": (1, 2, 3)}, "minimum has 3 numbers in place of 2"),
    ],
    "heat_map": [
        ({"numbers": [[1, 2]]}, "there are 1 rows of numbers and 2 keys"),
        ({"numbers": [[1, 2], [3]]}, r"numbers\[1\] has 1 numbers for 2 keys"),
        ({"numbers": [[1, 2], [3, NAN]]}, r"numbers\[1\]\[1\] is nan"),
        ({"numbers": [[None, None]] * 2}, "every number is None"),
        ({"rows": []}, "rows is empty"),
        ({"rows": ["a", ()]}, r"rows\[1\] is empty"),
        ({"columns": ["a", ("b", "c")]}, r"columns\[0\] has 1 levels, but columns\[1\] has 2"),
        ({"columns": ["a"] * 121}, "121 columns are more than the 120"),
        ({"row_names": ("a", "b")}, "row_names has 2 names for keys of 1 levels"),
        ({"limits": (1, 1)}, r"limits rise.*\(1, 1\)"),
        ({"limits": (0, 5e-324)}, "limits rise"),
        ({"limits": (1, 2, 3)}, "limits has 3 numbers in place of 2"),
    ],
}


@pytest.mark.parametrize(
    ("plot", "changes", "error", "message"),
    [
        (plot, changes, error, message)
        for error, table in ((TypeError, WRONG_TYPES), (ValueError, WRONG_VALUES))
        for plot, cases in table.items()
        for changes, message in cases
    ],
)
def test_what_cannot_be_plotted_is_named(plot, changes, error, message):
    with pytest.raises(error, match=message):
        getattr(plots, plot)(**VALID[plot] | changes)

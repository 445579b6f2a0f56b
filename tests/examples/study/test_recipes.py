"""What a study varies, and when an answer counts as right."""

from itertools import product

import pytest

import engine
from engine import Primitive, Value
from examples.study.recipes import OBJECTIVES, SETTINGS, Problem, Recipe, activations, grid

CHOICES = {
    "hidden": [(2,), (4, 4)],
    "activation": ["tanh", "relu", "tanh"],
    "loss": ["hinge"],
    "initializer": ["normal", "he"],
    "optimizer": ["sgd"],
    "rate": [0.1, 1.0, 0.1],
}


def test_a_grid_has_every_combination_once_written_as_on_the_command_line():
    recipes = grid(CHOICES)
    assert len(recipes) == len(set(recipes)) == 2 * 2 * 1 * 2 * 1 * 2
    assert set(recipes) == {Recipe(*settings) for settings in product(*CHOICES.values())}
    written = ["4,4", "relu", "hinge", "he", "sgd", "1"]
    assert recipes[-1].settings() == dict(zip(SETTINGS, written, strict=True))
    assert [recipe.settings()["rate"] for recipe in recipes[:3]] == ["0.1", "1", "0.1"]


@pytest.mark.usefixtures("open_table")
def test_activations_are_those_of_the_table_with_a_value_everywhere():
    names = activations()
    assert {"linear", "tanh", "relu", "sigmoid", "gelu", "sin", "softplus", "exp"} <= set(names)
    assert not {"log", "sqrt", "acos", "add"} & set(names)
    engine.register(Primitive("bent", "x * x / (1.0 + x * x)", ("2.0 * x / ((1.0 + x * x) * (1.0 + x * x))",)))
    assert "bent" in activations()


@pytest.mark.parametrize("loss", OBJECTIVES)
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_an_answer_is_right_if_its_class_is_above_all_others(loss, classes):
    objective = OBJECTIVES[loss]
    count = objective.count_outputs(classes)
    levels = [objective.threshold - 0.25, objective.threshold, objective.threshold + 0.25]
    for chosen in range(classes):
        targets = objective.targets(chosen, classes)
        for outputs in product(levels, repeat=count):
            if count == 1:
                right = outputs[0] > objective.threshold if chosen == 1 else outputs[0] < objective.threshold
            else:
                right = all(outputs[chosen] > output for i, output in enumerate(outputs) if i != chosen)
            assert objective.wrong(list(outputs), targets) == (not right)
            assert objective.wrong([Value(o) for o in outputs], [Value(t) for t in targets]).data == (not right)


def test_a_share_of_right_answers_allows_so_many_wrong_ones():
    for count, accuracy, allowed in [(100, 0.95, 5), (100, 0, 100), (7, 0.99, 0), (7, 0.9, 0), (7, 6 / 7, 1)]:
        assert Problem("moons", (("count", count),), 1, accuracy, "python").allowed == allowed
    # Times 100, it is a bit more than 55.
    assert Problem("moons", (("count", 100),), 1, 0.55, "python").allowed == 45


def test_measurements_are_standardised_and_truth_tables_are_not():
    iris = Problem("iris", (), 1, 1.0, "python").samples
    for column in zip(*iris.inputs, strict=True):
        assert sum(column) / len(column) == pytest.approx(0.0, abs=1e-12)
        assert sum(x * x for x in column) / len(column) == pytest.approx(1.0)
    assert Problem("xor", (), 1, 1.0, "python").samples.inputs == [[0, 0], [0, 1], [1, 0], [1, 1]]

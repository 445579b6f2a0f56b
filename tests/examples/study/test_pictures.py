"""The pictures of a study show its numbers: every share in its place, and the losses of the right seeds."""

from itertools import product

import pytest

pytest.importorskip("matplotlib")

from support.plot_reading import shown_texts

from examples.study.pictures import plots
from examples.study.recipes import Problem, Recipe
from examples.study.summary import ranked, summarise
from examples.study.trainer import NOTES, Trial
from viz import plots as viz_plots

PROBLEM = Problem("xor", (), 100, 1.0, "python")
HIDDEN, ACTIVATIONS, LOSSES = [(2,), (16, 16), (4,)], ["tanh", "relu"], ["hinge", "binary_cross_entropy"]
RECIPES = [
    Recipe(hidden, activation, loss, "he", "sgd", rate)
    for hidden, activation, loss, rate in product(HIDDEN, ACTIVATIONS, LOSSES, [10.0, 1.0, 0.1])
]


def some_trials(solved, of=40, diverged=0):
    """So many trials that solved the problem, and others that did not or that diverged at once.

    The losses say how many solved it; those that diverge leave none.
    """
    losses = (1.0 + solved,) * (NOTES + 1)
    failed = [Trial(seed, None, 0, (), 0.1) for seed in range(diverged)]
    return failed + [Trial(seed, 10 if seed < solved else None, None, losses, 0.1) for seed in range(of - diverged)]


SUMMARIES = [summarise(recipe, some_trials(index)) for index, recipe in enumerate(RECIPES)]


@pytest.fixture
def asked(monkeypatch):
    """What is asked of `viz.plots`, by name."""
    calls = {}

    def watch(name):
        plot = getattr(viz_plots, name)
        seen = lambda *given, **options: calls.update({name: (given, options)}) or plot(*given, **options)  # noqa: E731
        monkeypatch.setattr(viz_plots, name, seen)

    watch("heat_map")
    watch("loss_bands")
    return calls


@pytest.mark.parametrize("tried", [slice(None), slice(1, None), slice(2, 16)])
def test_every_share_of_the_heat_map_is_at_the_settings_of_its_recipe(tried, asked):
    """And the cell of a recipe that was not tried is empty."""
    plots(PROBLEM, SUMMARIES[tried])
    (numbers, rows, columns), options = asked["heat_map"]
    assert (options["row_names"], options["column_names"]) == (("rate", "loss"), ("activation", "hidden"))
    found = {
        (*row, *column): cell
        for row, cells in zip(rows, numbers, strict=True)
        for column, cell in zip(columns, cells, strict=True)
    }
    expected = dict.fromkeys(found)
    for summary in SUMMARIES[tried]:
        settings = summary.recipe.settings()
        expected[tuple(settings[name] for name in ("rate", "loss", "activation", "hidden"))] = summary.share
    assert found == expected
    if tried == slice(None):
        assert rows == list(product(["10", "1", "0.1"], LOSSES))
        assert columns == list(product(ACTIVATIONS, ["2", "16,16", "4"]))


def test_bands_are_of_recipes_with_the_loss_of_the_best_from_the_best_to_the_worst(asked):
    plots(PROBLEM, SUMMARIES)
    best_first = ranked(SUMMARIES)
    (groups,), options = asked["loss_bands"]
    assert options["label"] == best_first[0].recipe.loss.replace("_", " ")
    assert len(options["epochs"]) == NOTES + 1
    assert len(groups) == 5
    ranks = [int(name.split(":")[0].removeprefix("rank ")) - 1 for name in groups]
    same = [rank for rank, summary in enumerate(best_first) if summary.recipe.loss == best_first[0].recipe.loss]
    assert (ranks[0], ranks[-1]) == (same[0], same[-1])
    for rank, (name, losses) in zip(ranks, groups.items(), strict=True):
        recipe = best_first[rank].recipe
        sizes, rate = recipe.settings()["hidden"], recipe.settings()["rate"]
        assert name == f"rank {rank + 1}: {sizes} hidden {recipe.activation} rate {rate}"
        assert recipe.loss == best_first[0].recipe.loss
        assert {curve[0] for curve in losses} == {1.0 + best_first[rank].solved}


def test_of_one_recipe_the_seeds_that_solved_it_are_apart(asked):
    made = plots(PROBLEM, [summarise(RECIPES[0], some_trials(3))])
    assert set(made) == {"losses"}
    (groups,), _ = asked["loss_bands"]
    assert {name: len(losses) for name, losses in groups.items()} == {"solved: 3 seeds": 3, "not solved: 37 seeds": 37}
    assert set(groups) <= set(shown_texts(made["losses"][0].figure))


@pytest.mark.parametrize(("diverged", "shown"), [(2, {"losses"}), (3, set()), (6, set())])
def test_where_half_of_the_trainings_diverge_at_once_there_is_no_median_to_show(diverged, shown):
    alone = summarise(RECIPES[0], some_trials(0, 6, diverged))
    assert set(plots(PROBLEM, [alone])) == shown
    assert set(plots(PROBLEM, [alone, summarise(RECIPES[1], some_trials(1))])) == {"losses", "heat_map"}

"""The pictures of a study show its numbers: every share in its place, and the losses of the right seeds."""

import pytest

pytest.importorskip("matplotlib")

from support.plot_reading import shown_texts

from examples.study.pictures import plots, share_map
from examples.study.recipes import Problem, grid
from examples.study.summary import ranked, summarise
from examples.study.trainer import NOTES, Trial
from viz import plots as viz_plots

PROBLEM = Problem("xor", (), 100, 1.0, "python")
RECIPES = grid(
    {
        "hidden": [(2,), (16, 16), (4,)],
        "activation": ["tanh", "relu"],
        "loss": ["hinge", "binary_cross_entropy"],
        "initializer": ["he"],
        "optimizer": ["sgd"],
        "rate": [10.0, 1.0, 0.1],
    }
)


def some_trials(solved, of=40):
    """So many of 40 trials that solved the problem in 10 epochs; their losses say which recipe they are of."""
    losses = (1.0 + solved,) * (NOTES + 1)
    return [Trial(seed, 10 if seed < solved else None, None, losses, 0.1) for seed in range(of)]


def failed_trials(count):
    """Trials that diverged at once, which leaves no losses."""
    return [Trial(seed, None, 0, (), 0.1) for seed in range(count)]


SUMMARIES = [summarise(recipe, some_trials(index)) for index, recipe in enumerate(RECIPES)]


@pytest.fixture
def asked(monkeypatch):
    """What is asked of `viz.plots`, by name."""
    calls = {}
    for name in ("heat_map", "loss_bands"):
        plot = getattr(viz_plots, name)
        monkeypatch.setattr(
            viz_plots,
            name,
            lambda *a, name=name, plot=plot, **options: calls.update({name: (a, options)}) or plot(*a, **options),
        )
    return calls


def test_every_share_of_the_heat_map_is_at_the_settings_of_its_recipe(asked):
    share_map(SUMMARIES)
    (numbers, rows, columns), options = asked["heat_map"]
    assert (options["row_names"], options["column_names"]) == (("rate", "loss"), ("activation", "hidden"))
    assert rows == [(rate, loss) for rate in ("10", "1", "0.1") for loss in ("hinge", "binary_cross_entropy")]
    assert columns == [(activation, hidden) for activation in ("tanh", "relu") for hidden in ("2", "16,16", "4")]
    for index, recipe in enumerate(RECIPES):
        settings = recipe.settings()
        row = rows.index((settings["rate"], settings["loss"]))
        column = columns.index((settings["activation"], settings["hidden"]))
        assert numbers[row][column] == index / 40


@pytest.mark.parametrize("tried", [slice(1, None), slice(3), slice(2, 11)])
def test_a_recipe_that_was_not_tried_leaves_its_cell_empty(tried, asked):
    plots(PROBLEM, SUMMARIES[tried])
    (numbers, *_), _ = asked["heat_map"]
    cells = [cell for row in numbers for cell in row]
    assert len(cells) - cells.count(None) == len(SUMMARIES[tried])


def test_where_one_setting_differs_the_other_side_names_what_they_share(asked):
    of = [s for s in SUMMARIES if (s.recipe.hidden, s.recipe.rate, s.recipe.loss) == ((2,), 1.0, "hinge")]
    share_map(of)
    (_, rows, columns), _ = asked["heat_map"]
    assert (rows, columns) == ([("hinge",)], [("tanh",), ("relu",)])


def test_bands_are_of_recipes_with_the_loss_of_the_best_from_the_best_to_the_worst(asked):
    plots(PROBLEM, SUMMARIES)
    best_first = ranked(SUMMARIES)
    (groups,), options = asked["loss_bands"]
    assert options["label"] == best_first[0].recipe.loss.replace("_", " ")
    assert len(options["epochs"]) == NOTES + 1
    assert len(groups) == 5
    same = [rank for rank, summary in enumerate(best_first) if summary.recipe.loss == best_first[0].recipe.loss]
    ranks = [int(name.split(":")[0].removeprefix("rank ")) - 1 for name in groups]
    assert (ranks[0], ranks[-1]) == (same[0], same[-1])
    assert set(ranks) <= set(same)
    for rank, (name, losses) in zip(ranks, groups.items(), strict=True):
        settings = best_first[rank].recipe.settings()
        told = f"{settings['hidden']} hidden {settings['activation']} rate {settings['rate']}"
        assert name == f"rank {rank + 1}: {told}"
        assert {curve[0] for curve in losses} == {1.0 + best_first[rank].solved}


def test_of_one_recipe_the_seeds_that_solved_it_are_apart(asked):
    made = plots(PROBLEM, [summarise(RECIPES[0], some_trials(3))])
    assert set(made) == {"losses"}
    (groups,), _ = asked["loss_bands"]
    assert {name: len(losses) for name, losses in groups.items()} == {"solved: 3 seeds": 3, "not solved: 37 seeds": 37}
    assert set(groups) <= set(shown_texts(made["losses"][0].figure))


@pytest.mark.parametrize(("diverged", "shown"), [(2, {"losses"}), (3, set()), (6, set())])
def test_where_half_of_the_trainings_diverge_at_once_there_is_no_median_to_show(diverged, shown):
    trials = failed_trials(diverged) + some_trials(0, of=6 - diverged)
    assert set(plots(PROBLEM, [summarise(RECIPES[0], trials)])) == shown
    others = [summarise(RECIPES[0], trials), summarise(RECIPES[1], some_trials(1))]
    assert set(plots(PROBLEM, others)) == {"losses", "heat_map"}


def test_a_study_of_which_nothing_solved_the_problem_has_pictures(tmp_path):
    for plot, _ in plots(PROBLEM, [summarise(recipe, some_trials(0)) for recipe in RECIPES]).values():
        plot.save(tmp_path / "plot.svg")

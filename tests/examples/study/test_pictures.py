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
    hidden=[(2,), (16, 16), (4,)],
    activation=["tanh", "relu"],
    loss=["hinge", "binary_cross_entropy"],
    initializer=["he"],
    optimizer=["sgd"],
    rate=[10.0, 1.0, 0.1],
)


def some_trials(solved, of=40):
    """So many of 40 trials that solved the problem in 10 epochs; their losses say which recipe they are of."""
    losses = (1.0 + solved,) * (NOTES + 1)
    return [Trial(seed, 10 if seed < solved else None, None, losses, 0.1) for seed in range(of)]


TRIALS = {recipe: some_trials(index) for index, recipe in enumerate(RECIPES)}
SUMMARIES = ranked(summarise(recipe, trials) for recipe, trials in TRIALS.items())


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
    share_map(RECIPES, SUMMARIES)
    (numbers, rows, columns), options = asked["heat_map"]
    assert (options["row_names"], options["column_names"]) == (("rate", "loss"), ("activation", "hidden"))
    assert rows == [(rate, loss) for rate in ("10", "1", "0.1") for loss in ("hinge", "binary_cross_entropy")]
    assert columns == [(activation, hidden) for activation in ("tanh", "relu") for hidden in ("2", "16,16", "4")]
    for index, recipe in enumerate(RECIPES):
        settings = recipe.settings()
        row = rows.index((settings["rate"], settings["loss"]))
        column = columns.index((settings["activation"], settings["hidden"]))
        assert numbers[row][column] == index / 40


def test_a_recipe_that_was_not_tried_leaves_its_cell_empty(asked):
    share_map(RECIPES[1:], [summary for summary in SUMMARIES if summary.recipe != RECIPES[0]])
    (numbers, *_), _ = asked["heat_map"]
    assert sum(cell is None for row in numbers for cell in row) == 1


def test_where_one_setting_differs_the_other_side_names_what_they_share(asked):
    recipes = [recipe for recipe in RECIPES if recipe.hidden == (2,) and recipe.rate == 1.0 and recipe.loss == "hinge"]
    share_map(recipes, [summary for summary in SUMMARIES if summary.recipe in recipes])
    (_, rows, columns), _ = asked["heat_map"]
    assert (rows, columns) == ([("hinge",)], [("tanh",), ("relu",)])


def test_bands_are_of_recipes_with_the_loss_of_the_best_from_the_best_to_the_worst(asked):
    plots(PROBLEM, TRIALS, SUMMARIES)
    (groups,), options = asked["loss_bands"]
    assert options["label"] == SUMMARIES[0].recipe.loss.replace("_", " ")
    assert len(options["epochs"]) == NOTES + 1
    assert len(groups) == 5
    same = [rank for rank, summary in enumerate(SUMMARIES) if summary.recipe.loss == SUMMARIES[0].recipe.loss]
    ranks = [int(name.split(":")[0].removeprefix("rank ")) - 1 for name in groups]
    assert (ranks[0], ranks[-1]) == (same[0], same[-1])
    assert set(ranks) <= set(same)
    settings = [SUMMARIES[rank].recipe.settings() for rank in ranks]
    told = [
        f"rank {rank + 1}: {s['hidden']} hidden {s['activation']} rate {s['rate']}"
        for rank, s in zip(ranks, settings, strict=True)
    ]
    assert list(groups) == told
    for rank, losses in zip(ranks, groups.values(), strict=True):
        assert {curve[0] for curve in losses} == {1.0 + SUMMARIES[rank].solved}


def test_of_one_recipe_the_seeds_that_solved_it_are_apart(asked):
    (recipe,) = RECIPES[:1]
    trials = {recipe: some_trials(3)}
    made = plots(PROBLEM, trials, [summarise(recipe, trials[recipe])])
    assert set(made) == {"losses"}
    (groups,), _ = asked["loss_bands"]
    assert {name: len(losses) for name, losses in groups.items()} == {"solved: 3 seeds": 3, "not solved: 37 seeds": 37}
    assert {"solved: 3 seeds", "not solved: 37 seeds"} <= set(shown_texts(made["losses"][0].figure))


def test_trainings_that_diverge_at_once_have_no_losses_to_show():
    trials = {RECIPES[0]: [Trial(seed, None, 0, (), 0.1) for seed in range(5)], RECIPES[1]: some_trials(1)}
    summaries = ranked(summarise(recipe, found) for recipe, found in trials.items())
    assert set(plots(PROBLEM, trials, summaries)) == {"losses", "heat_map"}
    alone = {RECIPES[0]: trials[RECIPES[0]]}
    assert plots(PROBLEM, alone, [summary for summary in summaries if not summary.solved]) == {}


@pytest.mark.parametrize(("diverged", "shown"), [(2, {"losses"}), (3, set())])
def test_where_half_of_the_trainings_diverge_at_once_there_is_no_median_to_show(diverged, shown):
    trials = {RECIPES[0]: [Trial(seed, None, 0, (), 0.1) for seed in range(diverged)] + some_trials(0, of=6 - diverged)}
    summaries = [summarise(recipe, found) for recipe, found in trials.items()]
    assert set(plots(PROBLEM, trials, summaries)) == shown


def test_a_study_of_which_nothing_solved_the_problem_has_pictures(tmp_path):
    trials = {recipe: some_trials(0) for recipe in RECIPES}
    summaries = ranked(summarise(recipe, found) for recipe, found in trials.items())
    for plot, _ in plots(PROBLEM, trials, summaries).values():
        plot.save(tmp_path / "plot.svg")

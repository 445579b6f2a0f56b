"""Shares, intervals, medians and ranks, against published tables and a definition that can be tried."""

import csv
import io
import json
import math
import statistics

import numpy as np
import pytest

from examples.study.recipes import Problem, Recipe
from examples.study.summary import five_numbers, ranked, summarise, wilson_interval
from examples.study.tables import csv_table, json_table, text_table, varying
from examples.study.trainer import Trial

PROBLEM = Problem("xor", (), 100, 1.0, "python")

# Newcombe 1998, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics in
# Medicine 17, table I, method 3.
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), PUBLISHED)
def test_intervals_are_the_published_ones(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("successes", "trials"), [(1, 2), (3, 7), (142, 200), (999, 1_000)])
def test_at_the_ends_the_share_is_196_standard_errors_away(successes, trials):
    z = statistics.NormalDist().inv_cdf(0.975)
    for end in wilson_interval(successes, trials):
        assert abs(successes / trials - end) == pytest.approx(z * math.sqrt(end * (1.0 - end) / trials))


def test_an_interval_lies_between_0_and_1_and_its_mirror_image_is_that_of_the_failures():
    for trials in (1, 2, 9, 1_000):
        for successes in {0, 1, trials // 2, trials}:
            low, high = wilson_interval(successes, trials)
            assert 0.0 <= low <= successes / trials <= high <= 1.0
            assert wilson_interval(trials - successes, trials) == pytest.approx((1.0 - high, 1.0 - low), abs=1e-12)
        assert wilson_interval(0, trials)[0] == 0.0
        assert wilson_interval(trials, trials)[1] == 1.0


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_there_is_no_share_of_nothing(successes, trials):
    with pytest.raises(ValueError, match="have no share"):
        wilson_interval(successes, trials)


@pytest.mark.parametrize("numbers", [[5], [3, 9], [1, 2, 3, 4], [10, 1, 7, 7, 2, 30]])
def test_quartiles_are_numpys(numbers):
    assert five_numbers(numbers) == pytest.approx(np.percentile(numbers, [0, 25, 50, 75, 100]))


def test_of_no_numbers_there_are_no_quartiles():
    assert five_numbers([]) == ()


def shown(summaries, most):
    """The table with the settings that differ."""
    return text_table(summaries, varying(summary.recipe for summary in summaries), most)


# --- Tables -----------------------------------------------------------------------------------------------------------


def recipe(rate=0.1, hidden=(2,)):
    return Recipe(hidden, "tanh", "hinge", "xavier", "sgd", rate)


def trials(needed, diverged=(), seconds=0.5):
    """A trial for each number of epochs needed (None: not solved), and one for each epoch of a divergence."""
    ended = [(epochs, None) for epochs in needed] + [(None, epoch) for epoch in diverged]
    return [Trial(seed, *end, (1.0,), seconds) for seed, end in enumerate(ended)]


MIXED = summarise(recipe(), trials([10, None, 30, 20], diverged=[7, 3]))


def test_a_summary_counts_each_way_to_end():
    assert (MIXED.seeds, MIXED.solved, MIXED.share) == (6, 3, 0.5)
    assert (MIXED.epochs, MIXED.median) == ((10, 15, 20, 25, 30), 20)
    assert MIXED.diverged == (3, 7)
    assert MIXED.seconds == 3.0
    assert MIXED.interval == wilson_interval(3, 6)


def test_the_surest_is_first_and_of_those_the_quickest():
    often = summarise(recipe(1.0), trials([50] * 9 + [None]))
    surer = summarise(recipe(2.0), trials([90] * 900 + [None] * 100))  # as large a share, of more seeds
    slower = summarise(recipe(3.0), trials([60] * 9 + [None]))
    never = summarise(recipe(4.0), trials([None] * 10))
    assert ranked([never, slower, often, surer]) == [surer, often, slower, never]


def test_csv_has_a_line_for_each_recipe_and_nothing_where_there_is_nothing():
    never = summarise(recipe(1e-05, (16, 8)), trials([None]))
    first, second = csv.DictReader(io.StringIO(csv_table([MIXED, never])))
    assert {name: first[name] for name in ("hidden", "rate", "seeds", "solved", "epochs_median", "diverged")} == {
        "hidden": "2", "rate": "0.1", "seeds": "6", "solved": "3", "epochs_median": "20.0", "diverged": "2",
    }  # fmt: skip
    assert (float(first["share_low"]), float(first["share_high"])) == MIXED.interval
    quantiles = ("least", "quartile_1", "median", "quartile_3", "most")
    assert [float(first[f"epochs_{name}"]) for name in quantiles] == [10, 15, 20, 25, 30]
    assert [second[f"epochs_{name}"] for name in quantiles] == [""] * 5
    assert (first["diverged_first"], first["diverged_last"], first["seconds"]) == ("3", "7", "3.0")
    assert (second["hidden"], second["rate"], second["epochs_median"], second["diverged_first"]) == (
        "16,8", "1e-05", "", "",
    )  # fmt: skip
    assert list(first)[-1] == "seconds"


def test_json_has_the_problem_and_the_same_cells():
    read = json.loads(json_table(PROBLEM, [MIXED]))
    (row,) = read["recipes"]
    assert read["problem"]["epochs"] == 100
    assert (row["hidden"], row["rate"], row["solved"], row["epochs_most"]) == ([2], 0.1, 3, 30)
    (line,) = csv.DictReader(io.StringIO(csv_table([MIXED])))
    assert set(row) == set(line)


def test_the_table_to_read_shows_what_differs():
    lines = shown([MIXED, summarise(recipe(0.5), trials([None] * 6))], 25).splitlines()
    assert lines[0].split()[:2] == ["rank", "rate"]
    assert "seeds" not in lines[0]
    assert "tanh" not in lines[1]
    low, high = MIXED.interval
    assert f"50.0 %  {100 * low:.1f}–{100 * high:.1f} %" in " ".join(lines[1].split("   "))
    assert "15–25" in lines[1]
    assert "2 (epoch 3–7)" in lines[1]
    assert lines[2].split()[2:4] == ["0.0", "%"]
    assert {len(line) for line in lines} == {len(lines[0])}


def test_of_a_long_table_the_first_and_the_last_lines_are_shown():
    summaries = [summarise(recipe(rate), trials([rate])) for rate in range(1, 41)]
    lines = shown(summaries, 12).splitlines()
    ranks = [line.split()[0] for line in lines[1:]]
    assert ranks == [*map(str, range(1, 8)), "…", *map(str, range(36, 41))]
    assert lines[8].strip() == "… 28 more …"
    assert "diverged" not in lines[0]
    for longest in (40, 41):
        assert [line.split()[0] for line in shown(summaries, longest).splitlines()[1:]] == [*map(str, range(1, 41))]

"""Shares, intervals, medians and ranks, against published tables and a definition that can be tried."""

import csv
import io
import json

import numpy as np
import pytest

from examples.study.recipes import Problem, Recipe
from examples.study.summary import csv_table, five_numbers, json_table, ranked, summarise, text_table, wilson_interval
from examples.study.summary import varying as names_that_vary
from examples.study.trainer import Trial

# Newcombe 1998, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics in
# Medicine 17, table I, method 3.
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


def test_intervals_are_the_published_ones_and_end_at_0_and_1():
    for successes, trials, *ends in PUBLISHED:
        assert wilson_interval(successes, trials) == pytest.approx(ends, abs=5e-5)
    for trials in (1, 2, 9, 1_000):
        assert wilson_interval(0, trials)[0] == 0.0
        assert wilson_interval(trials, trials)[1] == 1.0
    with pytest.raises(ValueError, match="have no share"):
        wilson_interval(10, 9)


@pytest.mark.parametrize("numbers", [[5], [3, 9], [1, 2, 3, 4], [10, 1, 7, 7, 2, 30]])
def test_quartiles_are_numpys(numbers):
    assert five_numbers(numbers) == pytest.approx(np.percentile(numbers, [0, 25, 50, 75, 100]))


def summary(needed, diverged=(), rate=0.1, hidden=(2,)):
    """That of a trial for each number of epochs needed (None: not solved), and of one for each that diverged."""
    ended = [(epochs, None) for epochs in needed] + [(None, epoch) for epoch in diverged]
    trials = [Trial(seed, *end, (1.0,), 0.5) for seed, end in enumerate(ended)]
    return summarise(Recipe(hidden, "tanh", "hinge", "xavier", "sgd", rate), trials)


MIXED = summary([10, None, 30, 20], diverged=[7, 3])
NEVER = summary([None] * 6, rate=1e-05, hidden=(16, 8))


def shown(summaries, most=25):
    """The lines of the table, with the settings that differ."""
    return text_table(summaries, names_that_vary(summary.recipe for summary in summaries), most).splitlines()


def test_the_surest_is_first_and_of_those_the_quickest():
    often = summary([50] * 9 + [None], rate=1.0)
    surer = summary([90] * 900 + [None] * 100, rate=2.0)  # as large a share, of more seeds
    slower = summary([60] * 9 + [None], rate=3.0)
    at_once = summary([0] * 9 + [None], rate=4.0)
    assert ranked([NEVER, slower, often, at_once, surer]) == [surer, at_once, often, slower, NEVER]


def test_csv_and_json_have_a_line_for_each_recipe_and_nothing_where_there_is_nothing():
    first, second = csv.DictReader(io.StringIO(csv_table([MIXED, NEVER])))
    low, high = wilson_interval(3, 6)
    expected = {"hidden": "2", "activation": "tanh", "loss": "hinge", "initializer": "xavier", "optimizer": "sgd"}
    expected |= {"rate": 0.1, "seeds": 6, "solved": 3, "share": 0.5, "share_low": low, "share_high": high}
    quantiles = [f"epochs_{name}" for name in ("least", "quartile_1", "median", "quartile_3", "most")]
    expected |= dict(zip(quantiles, (10, 15.0, 20.0, 25.0, 30), strict=True))
    expected |= {"diverged": 2, "diverged_first": 3, "diverged_last": 7, "seconds": 3.0}
    assert list(first.items()) == [(name, str(cell)) for name, cell in expected.items()]
    assert {second[name] for name in [*quantiles, "diverged_first", "diverged_last"]} == {""}
    assert (second["hidden"], second["rate"], second["diverged"]) == ("16,8", "1e-05", "0")
    read = json.loads(json_table(Problem("xor", (), 100, 1.0, "python"), [MIXED, NEVER]))
    assert read["problem"]["epochs"] == 100
    assert read["recipes"][0] == expected | {"hidden": [2]}
    assert (read["recipes"][1]["hidden"], read["recipes"][1]["epochs_median"]) == ([16, 8], None)


def test_the_table_to_read_shows_what_differs_and_the_first_and_the_last_lines_of_many():
    lines = shown([MIXED, summary([None] * 6, rate=0.5)])
    assert lines[0].split()[:3] == ["rank", "rate", "solved"]
    low, high = wilson_interval(3, 6)
    assert lines[1].split()[:5] == ["1", "0.1", "50.0", "%", f"{100 * low:.1f}–{100 * high:.1f}"]
    assert "15–25" in lines[1]
    assert "2 (epoch 3–7)" in lines[1]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert shown([MIXED, summary([1])])[0].split()[:2] == ["rank", "seeds"]

    summaries = [summary([rate], rate=rate) for rate in range(1, 41)]
    lines = shown(summaries, 12)
    assert [line.split()[0] for line in lines[1:]] == [*map(str, range(1, 8)), "…", *map(str, range(36, 41))]
    assert lines[8].strip() == "… 28 more …"
    assert "diverged" not in lines[0]
    assert [line.split()[0] for line in shown(summaries, 40)[1:]] == [*map(str, range(1, 41))]

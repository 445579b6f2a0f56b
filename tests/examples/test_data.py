"""The data sets: where their samples must lie, Iris against published numbers, and how they are split and scaled."""

import math
import statistics
from collections import Counter

import pytest

from examples.data import DATA_SETS, DataSet, Standardizer, circles, iris, moons, parity, spirals, split, xor


def small(classes, names=("a", "b")):
    return DataSet("small", [[float(index)] for index in range(len(classes))], classes, ("x",), names)


@pytest.mark.parametrize("bits", [1, 2, 3, 5])
def test_parity_counts_the_ones_of_every_row_and_that_of_two_bits_is_xor(bits):
    data = parity(bits)
    assert [int("".join(str(round(bit)) for bit in row), 2) for row in data.inputs] == list(range(2**bits))
    assert data.classes == [number.bit_count() % 2 for number in range(2**bits)]
    assert (len(data.features), data.class_names) == (bits, ("even", "odd"))
    if bits == 2:
        assert (parity(2, 3, 0.1, 5).inputs, data.classes) == (xor(3, 0.1, 5).inputs, xor().classes)
        assert xor().signs == [-1, 1, 1, -1]


@pytest.mark.parametrize(
    ("noisy", "clean", "noise"),
    [
        (xor(copies=500, noise=0.15, seed=1), xor(copies=500), 0.15),
        (moons(2000, noise=0.2, seed=3), moons(2000, noise=0.0, seed=3), 0.2),  # Noise of 0 is drawn as well.
    ],
    ids=["xor", "moons"],
)
def test_each_sample_has_normal_noise_of_its_own(noisy, clean, noise):
    rows = zip(noisy.inputs, clean.inputs, strict=True)
    errors = [a - b for row, other in rows for a, b in zip(row, other, strict=True)]
    assert noisy.classes == clean.classes
    assert len(set(errors)) == len(errors) >= 4000
    assert statistics.fmean(errors) == pytest.approx(0.0, abs=4 * noise / 4000**0.5)
    assert statistics.pstdev(errors) == pytest.approx(noise, rel=0.05)


def test_moons_lie_on_their_half_circles_without_noise():
    data = moons(100, noise=0.0, seed=1)
    assert Counter(data.classes) == {0: 50, 1: 50}
    for (x, y), lower in zip(data.inputs, data.classes, strict=True):
        center = (1.0, 0.5) if lower else (0.0, 0.0)
        assert math.dist((x, y), center) == pytest.approx(1.0)
        assert (y <= 0.5) if lower else (y >= 0.0)
    assert min(x for x, _ in data.inputs) < -0.9
    assert max(x for x, _ in data.inputs) > 1.9


def test_circles_have_two_radii_without_noise():
    data = circles(60, noise=0.0, ratio=0.2, seed=2)
    for point, inner in zip(data.inputs, data.classes, strict=True):
        assert math.hypot(*point) == pytest.approx(0.2 if inner else 1.0)
    quarters = {(x > 0, y > 0, inner) for (x, y), inner in zip(data.inputs, data.classes, strict=True)}
    assert len(quarters) == 2 * 4


@pytest.mark.parametrize(("turns", "arms"), [(1.5, 2), (1.0, 2), (0.4, 3)])
def test_the_radius_of_a_spiral_grows_with_its_angle(turns, arms):
    data = spirals(50 * arms, noise=0.0, turns=turns, arms=arms, seed=4)
    assert Counter(data.classes) == dict.fromkeys(range(arms), 50)
    for (x, y), arm in zip(data.inputs, data.classes, strict=True):
        radius = math.hypot(x, y)
        assert 0.1 <= radius <= 1.0
        turned = math.atan2(y, x) / (2 * math.pi) - arm / arms - turns * radius
        assert turned - round(turned) == pytest.approx(0.0, abs=1e-9)
    assert max(map(math.dist, data.inputs, [(0, 0)] * len(data))) > 0.95


@pytest.mark.parametrize("name", DATA_SETS)
def test_every_data_set_can_be_drawn_without_arguments_and_its_seed_fixes_it(name):
    draw = DATA_SETS[name]
    data = draw()
    assert data.name == name
    assert set(data.classes) == set(range(len(data.class_names)))
    assert all(type(x) is float for row in data.inputs for x in row)
    if name != "iris":
        assert draw(noise=0.1, seed=7) == draw(noise=0.1, seed=7)
        assert draw(noise=0.1, seed=7).inputs != draw(noise=0.1, seed=8).inputs


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: xor(copies=0), ValueError, "copies is at least 1, not 0"),
        (lambda: xor(noise="much"), TypeError, "noise is a number, not 'much'"),
        (lambda: parity(bits=17), ValueError, "bits is from 1 to 16, not 17"),
        (lambda: parity(bits=2.0), TypeError, "bits is a whole number, not 2.0"),
        (lambda: circles(noise=math.inf), ValueError, "noise is a finite number"),
        (lambda: circles(ratio=1.0), ValueError, "ratio is above 0 and below 1, not 1.0"),
        (lambda: spirals(turns=0), ValueError, "turns is above 0, not 0"),
        (lambda: spirals(count=2, arms=3), ValueError, "count is at least 3, not 2"),
        (lambda: split(small([0, 1, 1])), ValueError, "has 1 of class 'a': each class needs at least two samples"),
        (lambda: Standardizer([]), ValueError, "inputs has no samples"),
        (lambda: Standardizer([[1.0], [1.0, 2.0]]), ValueError, "rows of inputs differ in length"),
        (lambda: Standardizer([[1.0]]).apply([[1.0, 2.0]]), ValueError, r"inputs\[0\] has 2 numbers, but 1 were"),
        (lambda: DataSet("d", [[1.0]], [0, 0], ("x",), ("a",)), ValueError, "1 inputs and 2 classes"),
        (lambda: DataSet("d", [[1.0, 2.0]], [0], ("x",), ("a",)), ValueError, r"inputs\[0\] of d has 2 numbers"),
        (lambda: small([0, 2]), ValueError, r"classes\[1\] of small is 2, but class_names has names for 0 to 1"),
        (lambda: iris().signs, ValueError, "only two classes have the signs -1 and 1, and iris has 3"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_iris_is_as_published():
    """Table II of Fisher 1936; R: ``aggregate(. ~ Species, iris, mean)``, ``apply(iris[1:4], 2, sd)`` and ``range``."""
    published = {
        "setosa": [5.006, 3.428, 1.462, 0.246],
        "versicolor": [5.936, 2.770, 4.260, 1.326],
        "virginica": [6.588, 2.974, 5.552, 2.026],
    }
    data = iris()
    assert data.class_names == tuple(published)
    for number, (name, means) in enumerate(published.items()):
        rows = [row for row, found in zip(data.inputs, data.classes, strict=True) if found == number]
        assert len(rows) == 50
        assert [statistics.fmean(column) for column in zip(*rows, strict=True)] == pytest.approx(means, abs=1e-12), name
    columns = list(zip(*data.inputs, strict=True))
    deviations = [0.8280661, 0.4358663, 1.7652982, 0.7622377]
    assert [statistics.stdev(column) for column in columns] == pytest.approx(deviations, abs=5e-8)
    assert [(min(column), max(column)) for column in columns] == [(4.3, 7.9), (2.0, 4.4), (1.0, 6.9), (0.1, 2.5)]
    # A copy with two errors, which is often used, differs in these.
    assert [data.inputs[34], data.inputs[37]] == [[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]]
    assert data.features == ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")


@pytest.mark.parametrize("held_out", [0.01, 0.25, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("data", [iris(), small([0] * 3 + [1] * 40), moons(101)], ids=["iris", "uneven", "moons"])
def test_a_split_is_a_shuffled_partition_with_each_class_in_its_share(data, held_out):
    parts = split(data, held_out, seed=3)
    kept, out = ([*zip(map(tuple, part.inputs), part.classes, strict=True)] for part in parts)
    assert Counter(kept + out) == Counter(zip(map(tuple, data.inputs), data.classes, strict=True))
    for number, count in Counter(data.classes).items():
        held = parts[1].classes.count(number)
        assert 1 <= held <= count - 1
        assert abs(held - held_out * count) <= 0.5 or held in (1, count - 1)
    assert split(data, held_out, seed=3) == parts != split(data, held_out, seed=4)
    largest = max(parts, key=len)
    assert largest.classes != sorted(largest.classes)


def test_a_standardizer_has_means_and_population_deviations():
    """By hand: 1, 2, 3, 6 have the mean 3 and the squares 4, 1, 0, 9, of which 14 / 4 is the mean."""
    standardizer = Standardizer([[1, 5], [2, 5], [3, 5], [6, 5]])
    assert standardizer.means == [3.0, 5.0]
    assert standardizer.deviations == [pytest.approx(math.sqrt(3.5)), 1.0]
    assert standardizer.apply([[3, 5], [3 + math.sqrt(3.5), 6]]) == [[0.0, 0.0], [pytest.approx(1.0), 1.0]]
    # The mean of these is rounded.
    assert Standardizer([[0.1]] * 3).apply([[0.1], [1.1]]) == [[pytest.approx(0.0)], [pytest.approx(1.0)]]


def test_the_moons_of_a_seed_stay_what_they_are():
    """The benchmark has published numbers of these: as they were drawn when it was first run."""
    data = moons(100, noise=0.1, seed=1337)
    assert data.inputs[:2] == [
        pytest.approx([-0.45491724085424146, 0.9125481680204417], rel=1e-12),
        pytest.approx([1.3605079540213532, -0.3029517423634174], rel=1e-12),
    ]
    assert data.signs[:2] == [-1, 1]

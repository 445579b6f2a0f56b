"""The GPT beside the same network in NumPy, its language beside a list of all names, and what a training comes to."""

import importlib.util
import math
import re
from collections import Counter
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest

from examples import microgpt
from examples.gpt.language import Language
from examples.gpt.model import GPT, loss
from examples.gpt.training import eager_steps, program_steps, write
from nn import Adam

SMALL = {"vocabulary": 5, "width": 4, "heads": 2, "block": 5}
TEXT = [0, 3, 1, 1, 0]

llvm = pytest.param(
    "llvm",
    marks=[
        pytest.mark.slow,
        pytest.mark.skipif(importlib.util.find_spec("llvmlite") is None, reason="llvmlite is not installed"),
    ],
)


def matrices(model):
    """The parameters of each matrix, by its name."""
    layers = {f"{name}{k}": matrix for k, layer in enumerate(model.layers) for name, matrix in layer.items()}
    return {"tokens": model.tokens, "positions": model.positions, "head": model.head, **layers}


def numpy_loss(w, tokens, heads, layers):
    """The loss of a text in matrices, all tokens at once, with a mask over the future."""

    def norm(x):
        return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5)

    given, following = tokens[:-1], tokens[1:]
    count, width = len(given), w["head"].shape[1]
    mask = np.where(np.tri(count), 0.0, -np.inf)
    x = norm(w["tokens"][given] + w["positions"][:count])
    for layer in range(layers):
        # Queries, keys and values by head, token and channel.
        q, k, v = (
            (norm(x) @ w[f"{name}{layer}"].T).reshape(count, heads, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        powers = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(width // heads) + mask)
        found = (powers / powers.sum(axis=2, keepdims=True)) @ v
        x = x + found.transpose(1, 0, 2).reshape(count, width) @ w[f"output{layer}"].T
        hidden = norm(x) @ w[f"expand{layer}"].T
        x = x + (hidden * (hidden.real > 0)) @ w[f"contract{layer}"].T
    scores = x @ w["head"].T
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[range(count), following])


@pytest.mark.parametrize(("layers", "tokens"), [(1, TEXT), (2, TEXT), (2, [0, 0])])
def test_loss_and_gradient_are_those_of_the_network_in_numpy(layers, tokens):
    """Slopes of NumPy's loss are exact to the last digits by a step along the imaginary axis: Im f(w + ih) / h."""
    model = GPT(**SMALL, layers=layers, seed=3)
    found = loss(model, tokens)
    found.backward()
    w = {name: np.vectorize(lambda p: complex(p.data))(matrix) for name, matrix in matrices(model).items()}
    assert sum(array.size for array in w.values()) == len(model.parameters())
    assert found.data == pytest.approx(numpy_loss(w, tokens, 2, layers).real, rel=1e-13)
    for name, array in w.items():
        for place in np.ndindex(array.shape):
            array[place] += 1e-30j
            slope = numpy_loss(w, tokens, 2, layers).imag / 1e-30
            array[place] = array[place].real
            parameter = matrices(model)[name][place[0]][place[1]]
            assert parameter.grad == pytest.approx(slope, rel=1e-11, abs=1e-14), (name, place)


@pytest.mark.parametrize("backend", ["python", llvm])
def test_programs_take_the_steps_of_graphs(backend):
    """To the last bit, with one program for each length."""
    models = [GPT(3, width=2, heads=2, block=3, seed=1) for _ in range(3)]
    optimizers = [Adam(model.parameters(), 0.1, 0.85, 0.99) for model in models[:2]]
    takes = eager_steps(models[0], optimizers[0]), program_steps(models[1], optimizers[1], backend)
    for tokens, rate in ([0, 1, 1, 0], 0.1), ([0, 2, 0], 0.08), ([0, 2, 1, 0], 0.06), ([0, 1, 0], 0.04):
        by_graph, by_program = (take_step(tokens, rate) for take_step in takes)
        assert by_program == by_graph
        assert models[1].state_dict() == models[0].state_dict() != models[2].state_dict()


def test_the_default_network_is_that_of_microgpt():
    assert len(GPT().parameters()) == 4192


def test_large_scores_do_not_overflow():
    model = GPT(**SMALL)
    for row in model.head:
        for weight in row:
            weight.data *= 1e4
    assert 1e3 < loss(model, TEXT).data < math.inf


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GPT(width=6, heads=4), "6 is not a multiple of 4"),
        (lambda: loss(GPT(**SMALL), [0]), "a text has two tokens at least"),
        (lambda: loss(GPT(**SMALL), [0] * 7), "this GPT looks at 5 tokens at most, and there are more"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_near_the_temperature_0_the_likeliest_token_is_written():
    model = GPT(**SMALL, seed=2)
    model.tokens[0][0].data = 3.0
    before, tokens = model.state_dict(), [0]
    memory = model.new_memory()
    while len(tokens) <= 5:
        scores = [score.data for score in model(tokens[-1], memory)]
        tokens.append(scores.index(max(scores)))
        if tokens[-1] == 0:
            break
    written = write(model, Random(0), temperature=1e-3)
    assert written == [token for token in tokens if token]
    assert len(written) > 1
    assert model.state_dict() == before


LANGUAGE = Language("kt", ("ao", "ei"), (1, 2))


def all_names(language):
    """The probability of each name, from all ways to draw one."""
    names = Counter()
    for count, group in product(language.syllables, language.vowels):
        ways = list(product(*[language.consonants, group] * count))
        for letters in ways:
            names["".join(letters)] += 1 / (len(language.syllables) * len(language.vowels) * len(ways))
    return names


def test_the_entropies_are_those_of_the_list_of_all_names():
    names = all_names(LANGUAGE)
    words = ["".join(letters) for length in range(6) for letters in product(LANGUAGE.letters, repeat=length)]
    random = Random(0)
    assert {word for word in words if word in LANGUAGE} == set(names) == {LANGUAGE.draw(random) for _ in range(2000)}
    assert sum(names.values()) == pytest.approx(1)
    tokens = sum(p * (len(name) + 1) for name, p in names.items())
    assert LANGUAGE.entropy == pytest.approx(-sum(p * math.log(p) for p in names.values()) / tokens)
    pairs, lasts = Counter(), Counter()
    for name, p in names.items():
        for last, following in pairwise(LANGUAGE.tokens(name)):
            pairs[last, following] += p
            lasts[last] += p
    expected = -sum(p * math.log(p / lasts[last]) for (last, _), p in pairs.items()) / tokens
    assert LANGUAGE.entropy_by_last_letter == pytest.approx(expected)


@pytest.mark.slow
def test_a_small_network_learns_the_language_as_far_as_there_is_something_to_learn():
    """Its expected loss, from all names, ends just above the entropy, far below what the last letter tells."""
    language, random = Language("kt", ("ao", "ei"), (2,)), Random(0)
    model = GPT(len(language.letters) + 1, width=6, heads=2, block=5, seed=random)
    take_step = eager_steps(model, Adam(model.parameters(), beta1=0.85, beta2=0.99))
    for step in range(400):
        take_step(language.tokens(language.draw(random)), 0.02 * (1 - step / 400))
    names = all_names(language)
    expected = sum(p * loss(model, language.tokens(name)).data for name, p in names.items())
    gap = language.entropy_by_last_letter - language.entropy
    assert gap > 0.4
    assert language.entropy < expected < language.entropy + gap / 5
    written = [language.text(write(model, random)) for _ in range(100)]
    assert sum(name in names for name in written) >= 98
    assert len(set(written)) > 20


@pytest.fixture
def small(monkeypatch):
    """The command with a language of few letters, which needs a small network."""
    monkeypatch.setattr(microgpt, "LANGUAGE", LANGUAGE)
    monkeypatch.setattr(microgpt, "GPT", lambda vocabulary, seed: GPT(vocabulary, 4, 2, block=5, seed=seed))


@pytest.mark.usefixtures("small")
def test_the_report(capsys):
    microgpt.main(["--backend", "eager", "--steps", "20", "--seed", "5", "--samples", "7"])
    report = capsys.readouterr().out
    random = Random(5)
    model = GPT(7, 4, 2, block=5, seed=random)
    step, nats = eager_steps(model, Adam(model.parameters(), beta1=0.85, beta2=0.99)), []
    for k in range(20):
        tokens = LANGUAGE.tokens(LANGUAGE.draw(random))
        nats.append((step(tokens, 0.01 * (1 - k / 20)) * (len(tokens) - 1), len(tokens) - 1))
    rows = re.findall(r"^ +(\d+) +(\d\.\d{3}) +\d+\.\d$", report, flags=re.MULTILINE)
    assert [int(steps) for steps, _ in rows] == list(range(2, 21, 2))
    means = [(a + b) / (m + n) for (a, m), (b, n) in zip(nats[::2], nats[1::2], strict=True)]
    assert [float(mean) for _, mean in rows] == pytest.approx(means, abs=5e-4)
    names = [LANGUAGE.text(write(model, random)) or "(empty)" for _ in range(7)]
    assert f"\n{' '.join(names)}\n" in report
    wrong = [name for name in names if name not in LANGUAGE]
    assert f"\n{7 - len(wrong)} of 7 are names of the language. Not so: {' '.join(wrong)}\n" in report


@pytest.mark.usefixtures("small")
def test_ctrl_c_says_how_far_it_got(monkeypatch, capsys):
    def two_steps(tokens, rate, taken=[]):  # noqa: B006
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(rate)
        return 1.0

    monkeypatch.setattr(microgpt, "new_steps", lambda model, backend: two_steps)
    with pytest.raises(KeyboardInterrupt):
        microgpt.main(["--backend", "python"])
    assert capsys.readouterr().out.endswith("\nStopped after 2 of 1,000 steps.\n")

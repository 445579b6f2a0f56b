"""Programs as formulas of NumPy: derived from the graph, run, and compared with the engine."""

from engine import Value, exp, gradients
from engine.programs.rolling import roll
from engine.programs.tape import record
from nn import MLP, half_sum_of_squares


def batch_of_xor(wrap):
    """The tape of the gradient on the four samples, their inputs wrapped."""
    model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=0)
    loss = half_sum_of_squares([model([wrap(a), wrap(b)]) for a in (0, 1) for b in (0, 1)], [0, 1, 1, 0])
    return record([], [loss, *gradients(loss, model.parameters())], [])[0]


def test_samples_written_as_numbers_roll_like_values():
    written, given = (roll(batch_of_xor(wrap)) for wrap in (float, Value))
    assert [(group.dims, [dims for dims, _ in group.trees]) for group in written.groups] == [
        (group.dims, [dims for dims, _ in group.trees]) for group in given.groups
    ]


def test_sums_that_are_written_again_are_computed_once():
    numbers = [Value(0.1 * index) for index in range(6)]
    exponentials = [exp(number) for number in numbers]
    rolled = roll(record(numbers, [number / sum(exponentials) for number in exponentials], [])[0])
    assert [group.size for group in rolled.groups] == [6, 1, 6]

"""The public surface of nn and viz, pinned as the engine's is: a name that appears or goes is a decision.

A function is its parameters; a class those of its constructor, a bar, and the public members that it adds.
"""

import importlib
import inspect

import pytest

SURFACE = {
    "nn": {
        "MLP": "sizes hidden output initializer seed | "
        "from_matrices inputs load_matrices reinitialize sizes to_matrices to_value_matrices",
        "SGD": "parameters learning_rate momentum nesterov weight_decay | ",
        "Adam": "parameters learning_rate beta1 beta2 epsilon weight_decay | ",
        "AdamW": "parameters learning_rate beta1 beta2 epsilon weight_decay | ",
        "CosineSchedule": "initial epochs final | final",
        "ExponentialSchedule": "initial factor | ",
        "History": "losses interrupted | interrupted",
        "Layer": "inputs outputs activation initializer seed label | activation forward inputs outputs",
        "Module": " | "
        "architecture count_parameters load load_state_dict named_parameters parameters save state_dict zero_grad",
        "Neuron": "inputs activation initializer seed label fan_out | activation forward inputs",
        "Optimizer": "parameters learning_rate initial_state initial_shared | "
        "advance check_reach formula learning_rate step updates updates_from zero_grad",
        "RMSProp": "parameters learning_rate decay epsilon weight_decay | ",
        "StepSchedule": "initial every factor | factor",
        "binary_cross_entropy": "predictions targets",
        "binary_cross_entropy_with_logits": "logits targets",
        "cross_entropy": "logits targets",
        "half_sum_of_squares": "predictions targets",
        "hinge": "scores targets",
        "l1_penalty": "parameters strength",
        "l2_penalty": "parameters strength",
        "log_sum_exp": "numbers",
        "mean_squared_error": "predictions targets",
        "softmax": "logits",
        "train": "model inputs targets loss optimizer epochs batch_size backend seed progress schedule penalty",
    },
    "viz": {
        "Drawing": "dot outline style | edges nodes save",
        "Explorer": "html drawing nodes lines | ",
        "GraphvizError": "… | ",
        "Player": "html drawing nodes steps film | ",
        "Playground": "html drawing parameters samples | ",
        "TooManyNodesError": "nodes message | ",
        "compare": "a b path titles by fold colors parameters direction gradients legend digits title size max_nodes",
        "draw": "value path by fold colors parameters direction gradients legend digits title size marks max_nodes",
        "explorer": "value path wrt title max_nodes",
        "player": "value path title parameters matrices updates seconds_per_step max_nodes",
        "playground": "model inputs targets loss optimizer path title about names answers seeds reinitialize max_nodes",
        "to_dot": "value by fold colors parameters direction gradients legend digits title size marks max_nodes",
        "trace": "value",
    },
    "viz.plots": {
        "Plot": "figure content | save",
        "class_regions": "model inputs classes path answers names labels resolution margin",
        "decision_boundary": "model inputs targets path resolution margin threshold labels names",
        "descent_paths": "function paths path minimum labels margin resolution",
        "fitted_curve": "model inputs targets path truth labels margin resolution",
        "heat_map": "numbers rows columns path row_names column_names label limits percent",
        "loss_bands": "curves path epochs logarithmic label",
        "loss_curves": "losses path logarithmic",
        "weights_over_time": "states path",
    },
}
NAMES = [(module, name) for module, names in SURFACE.items() for name in names]


def described(thing):
    """A function or class as the table has it."""
    try:
        parameters = " ".join(inspect.signature(thing).parameters)
    except ValueError:  # An exception's constructor is written in C.
        parameters = "…"
    if not inspect.isclass(thing):
        return parameters
    inherited = {name for base in thing.__mro__[1:] for name in vars(base)}
    members = sorted(name for name in set(vars(thing)) - inherited if not name.startswith("_"))
    return f"{parameters} | {' '.join(members)}"


@pytest.mark.parametrize("module", SURFACE)
def test_the_names_of_a_package(module):
    assert sorted(importlib.import_module(module).__all__) == sorted(SURFACE[module])


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_name_takes_what_it_took_and_says_what_it_is(module, name):
    thing = getattr(importlib.import_module(module), name)
    assert described(thing) == SURFACE[module][name]
    assert inspect.getdoc(thing)

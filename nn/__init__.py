"""Neural networks of scalar Values: neurons, layers, the multilayer perceptron, losses, optimizers, training.

    from nn import MLP, train

    model = MLP([2, 8, 1], hidden="tanh", output="sigmoid")
    history = train(model, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], epochs=1000)

Start reading in `nn.layers`.
"""

from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_sum_of_squares,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
)
from nn.module import Module
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp
from nn.schedules import CosineSchedule, ExponentialSchedule, StepSchedule
from nn.scores import log_sum_exp, softmax
from nn.training import History, train

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "CosineSchedule",
    "ExponentialSchedule",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSProp",
    "StepSchedule",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "half_sum_of_squares",
    "hinge",
    "l1_penalty",
    "l2_penalty",
    "log_sum_exp",
    "mean_squared_error",
    "softmax",
    "train",
]

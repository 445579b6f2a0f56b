"""`Module`: anything that holds parameters, and what can be done with all of them at once."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import FunctionType
from typing import Any, Self, TypeVar

from engine import Value
from engine.extend import Scope, real_number, replace_file, store_data
from nn.files import SavedModel, first_difference, from_text, printable, read_model, to_text

M = TypeVar("M", bound="Module")

_WITHOUT_PARAMETERS = {Scope, FunctionType, str, int, float, bool}
"""Frequent kinds of attributes in which there is nothing to find."""


class _BuildOrFill:
    """``load``: `Module._build` on a class, `Module._fill` on a model, which a class method would leave as it was."""

    def __get__(self, module: M | None, kind: type[M]) -> Callable[[str | PathLike[str]], M]:
        return kind._build if module is None else module._fill


class Module:
    """Something with parameters: the base class of neurons, layers, networks, and of models of your own.

        class Line(Module):
            def __init__(self):
                self.slope = Value(0.0, label="slope")
                self.offset = Value(0.0, label="offset")

            def __call__(self, x):
                return self.slope * x + self.offset

    The parameters are the leaf Values among the attributes, and among the entries of attributes that are Modules,
    lists, tuples, dicts or NumPy's object arrays, nested to any depth. Results of operations do not count; a number
    that should not be trained is kept as a float. A parameter that stands only in a set has no name: TypeError.

    ``model.save(path)`` writes a file, ``MLP.load(path)`` builds a model from it, ``model.load(path)`` fills this one.
    """

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return (name, parameter) for each parameter once, in the order in which the attributes were first assigned.

        A name is the Python expression that leads to the parameter: ``model.layers[0].neurons[1].w[2]`` has the name
        ``layers[0].neurons[1].w[2]``. A shared parameter goes by the first name.
        """
        seen: dict[int, Any] = {}
        named = list(_leaves(self, "", seen))
        for group in [thing for thing in seen.values() if isinstance(thing, (set, frozenset))]:
            for item in group:
                if id(item) not in seen and (isinstance(item, Module) or (isinstance(item, Value) and item.is_leaf)):
                    raise TypeError(f"{item!r} is found in a set only, where it has no name: keep it in a list")
        return named

    def parameters(self) -> list[Value]:
        """Return every parameter once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def state_dict(self) -> dict[str, float]:
        """Return the number of every parameter by its name; ValueError if two have the same name."""
        return {name: parameter.data for name, parameter in self._parameters_by_name().items()}

    def _parameters_by_name(self) -> dict[str, Value]:
        """Return the named parameters as a dict; ValueError for a name that two of them have."""
        parameters: dict[str, Value] = {}
        for name, parameter in self.named_parameters():
            if parameters.setdefault(name, parameter) is not parameter:
                raise ValueError(f"two parameters of this {type(self).__name__} have the name {name}: rename one")
        return parameters

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Give every parameter the number that ``state`` has for its name.

        Raises ValueError if names are missing or unknown, TypeError for what is not a number, and then changes nothing.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict takes a dictionary of numbers by name, not {type(state).__name__}")
        parameters = self._parameters_by_name()
        missing = [name for name in parameters if name not in state]
        unknown = [name for name in state if name not in parameters]
        if missing or unknown:
            problem = f"missing are {_some(missing)}; unknown are {_some(unknown)}"
            raise ValueError(f"the parameters are not those of this {type(self).__name__}: {problem}")
        numbers = [real_number(state[name], f"the parameter {name}") for name in parameters]
        store_data(list(parameters.values()), numbers)

    def architecture(self) -> dict[str, Any]:
        """Return the arguments that build a module like this one: a file keeps them, and repr shows them.

        A class whose constructor has arguments returns them here, in a form that JSON can hold; that is all it takes
        for ``save`` and ``load`` to work on the class.
        """
        return {}

    @classmethod
    def count_parameters(cls, _architecture: Mapping[str, Any]) -> int | None:
        """Return how many parameters a module of that architecture has, if that can be told without building it."""
        return None

    def save(self, path: str | PathLike[str]) -> None:
        """Write the architecture and the exact parameters to a JSON file, replacing what was there in one step.

        Before any file is touched it builds, on trial, what ``load`` would build from the text. Raises ValueError where
        that fails, as for a class whose constructor needs arguments that `architecture` does not return, or gives
        another model, as where a network shares parameters and its constructor does not; also for a parameter that is
        infinite or NaN. Raises TypeError for an architecture that JSON has no form for: with a function in it (an
        activation that is not in the engine's table), or with names that are not strings.
        """
        text = to_text(self._as_saved())
        try:
            self._rebuild(from_text(text.encode(), type(self).__name__))
        except Exception as error:
            name = type(self).__name__
            raise ValueError(
                f"nothing was saved, because {name}.load could not build it again: {printable(error)}. Let "
                "architecture() return the arguments with which the constructor makes this model, or keep state_dict()"
            ) from error
        replace_file(Path(path), text.encode())

    load = _BuildOrFill()

    @classmethod
    def _build(cls, path: str | PathLike[str]) -> Self:
        """Build a new model from the file that `save` wrote; ValueError if that is damaged or of another class."""
        saved = read_model(path, cls.__name__)
        try:
            return cls._rebuild(saved)
        except Exception as error:  # whatever a constructor raises for arguments that it was never meant to get
            built = f"{cls.__name__} (its architecture is {reprlib.repr(saved.architecture)})"
            raise ValueError(f"{path} does not hold a complete {built}: {printable(error)}") from error

    @classmethod
    def _rebuild(cls, saved: SavedModel) -> Self:
        """Build the module that was saved; ValueError if, saved again, it would not be the same in every entry."""
        expected = cls.count_parameters(saved.architecture)
        if expected not in (None, len(saved.parameters)):  # A small file does not build a giant.
            raise ValueError(f"there are {len(saved.parameters)} parameters, where its architecture makes {expected}")
        module = cls(**saved.architecture)
        module.load_state_dict(saved.parameters)
        again = module._as_saved()
        for before, after in ((saved.architecture, again.architecture), (saved.parameters, again.parameters)):
            if difference := first_difference(before, after):
                raise ValueError(difference)
        return module

    def _as_saved(self) -> SavedModel:
        """Return what a file of this module holds."""
        return SavedModel(type(self).__name__, self.architecture(), self.state_dict())

    def _fill(self, path: str | PathLike[str]) -> Self:
        """Give this model the parameters in the file that `save` wrote, and return it.

        Raises ValueError if the file is damaged, of another class or architecture; then nothing is changed.
        """
        saved = read_model(path, type(self).__name__)
        difference = first_difference(saved.architecture, self.architecture())
        if difference:
            raise ValueError(f"{path} holds another {type(self).__name__}: {difference}")
        try:
            self.load_state_dict(saved.parameters)
        except ValueError as error:
            raise ValueError(f"{path} does not fit: {error}") from error
        return self

    def __repr__(self) -> str:
        shown = [(name, getattr(item, "__name__", None) or repr(item)) for name, item in self.architecture().items()]
        arguments = ", ".join(f"{name}={item}" for name, item in shown)
        count = len(self.parameters())
        return f"{type(self).__name__}({arguments}) with {count} parameter{'' if count == 1 else 's'}"


def _leaves(thing: Any, name: str, seen: dict[int, Any]) -> Iterator[tuple[str, Value]]:
    """Yield (name, leaf Value) for every one in ``thing`` that has not been ``seen``.

    ``seen`` holds things by their ids and keeps them alive, even the list made of an array: the next would get its id.
    """
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, Value):
        if thing.is_leaf:
            yield name, thing
        return
    for inner_name, inner in _parts(thing, name):
        yield from _leaves(inner, inner_name, seen)


def _parts(thing: Any, name: str) -> list[tuple[str, Any]]:
    """Return what a module or a container holds, each with its name; nothing for anything else."""
    if isinstance(thing, Module):
        attributes = [(key, inner) for key, inner in vars(thing).items() if inner.__class__ not in _WITHOUT_PARAMETERS]
        return [(f"{name}.{attribute}" if name else attribute, inner) for attribute, inner in attributes]
    if isinstance(thing, (list, tuple)):
        return [(f"{name}[{index}]", inner) for index, inner in enumerate(thing)]
    if isinstance(thing, dict):
        return [(f"{name}[{key!r}]", inner) for key, inner in thing.items()]
    if str(getattr(thing, "dtype", "")) == "object" and hasattr(thing, "tolist"):
        return [(name, thing.tolist())]
    return []


def _some(names: list[Any]) -> str:
    """Return the names for a message, or the first few of many."""
    shown = ", ".join(map(printable, names[:3])) or "none"
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown

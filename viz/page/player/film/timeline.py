"""When each thing of a film is in sight, as animations of CSS."""

from __future__ import annotations

from collections.abc import Iterator

_PAUSE = 3  # In steps: how long the end stays.


class Timeline:
    """When each thing is in sight: from the beginning of one step to the beginning of another, or to the end.

    The steps are numbered from 0 on; what comes after the last is the end of the film, which stays for a while.
    """

    def __init__(self, steps: int, seconds: float) -> None:
        self._steps = steps
        self._seconds = seconds
        self._rules: dict[str, str] = {}

    def span(self, start: int, end: int | None = None) -> dict[str, str]:
        """The attributes of what shows from one step to another; what shows at the end shows in a still, too."""
        if start == 0 and end is not None and end > self._steps:
            return {}
        end = start + 1 if end is None else end
        stays = end > self._steps
        name = f"s{start}-{end}"
        before = "0%{visibility:hidden}" if start else ""
        after = "" if stays else f"{self._share(end)}{{visibility:hidden}}"
        self._rules[name] = f"{before}{self._share(start)}{{visibility:visible}}{after}"
        return {"class_": "timed" if stays else "timed until", "style": f"animation-name:{name}"}

    def growth(self, start: int, end: int) -> dict[str, str]:
        """The attributes of a line that grows between the beginnings of two steps."""
        name = f"g{start}-{end}"
        nothing, whole = "{stroke-dashoffset:1}", "{stroke-dashoffset:0}"
        self._rules[name] = f"0%,{self._share(start)}{nothing}{self._share(end)},to{whole}"
        return {"style": f"animation-name:{name}"}

    def rules(self) -> Iterator[str]:
        """The style that has all of them come, grow and go."""
        whole = f"{(self._steps + _PAUSE) * self._seconds:g}s infinite"
        yield f".timed {{ animation: {whole} step-end; }}"
        yield f".bar {{ animation: {whole} linear; }}"
        yield f".going {{ animation: going {self._seconds:g}s infinite ease-out; }}"
        yield "@keyframes going { from { stroke-dashoffset: -1; } 60%, to { stroke-dashoffset: 0; } }"
        yield from (f"@keyframes {name}{{{rule}}}" for name, rule in self._rules.items())
        yield "@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }"

    def _share(self, step: int) -> str:
        """The beginning of a step, as a share of the whole."""
        return f"{100 * step / (self._steps + _PAUSE):.5g}%"

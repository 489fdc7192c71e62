"""Topic templates: `pantau/{site}/{device}/telemetry`, what they match and what to subscribe to.

`{device}` stands for the device's address (its id when it has none), `{site}` for its site, `{metric}` for the
`id` of a metric; any other name stands for one level whose value a metric may ask for with `where`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MAX_LENGTH = 65_535  # MQTT 3.1.1 1.5.3: a topic has at most 65,535 bytes


@dataclass(frozen=True)
class Template:
    """A topic template that has been checked."""

    text: str

    @classmethod
    def parse(cls, text: str, *, named: bool = True) -> Template:
        """Raises ValueError that says what is wrong with the template. `named`: the device is named in the topic."""
        problem = _problem(text, named=named)
        if problem:
            raise ValueError(f"{text!r}: {problem}")
        return cls(text)

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, in order."""
        return tuple(_PLACEHOLDER.findall(self.text))

    @cached_property
    def literal_levels(self) -> int:
        """How many levels are fixed: of two templates that fit, the one with more is meant."""
        return sum(1 for level in self.text.split("/") if "{" not in level)

    def filter(self) -> str:
        """The MQTT subscription that covers it (a level with any placeholder becomes `+`)."""
        return "/".join("+" if "{" in level else level for level in self.text.split("/"))

    def matcher(self, device_levels: int = 1) -> re.Pattern[str]:
        """A pattern with a group per placeholder, for devices whose address spans so many levels."""
        pattern, position = "", 0
        for found in _PLACEHOLDER.finditer(self.text):
            pattern += re.escape(self.text[position : found.start()])
            levels = device_levels if found[1] == "device" else 1
            pattern += f"(?P<{found[1]}>[^/]+" + "/[^/]+" * (levels - 1) + ")"
            position = found.end()
        return re.compile(pattern + re.escape(self.text[position:]))

    def with_device(self, address: str) -> str:
        """The subscription of one device whose address spans several levels."""
        return "/".join("+" if "{" in level else level for level in self.text.replace("{device}", address).split("/"))


def _problem(text: str, *, named: bool) -> str | None:
    names = _PLACEHOLDER.findall(text)
    rest = _PLACEHOLDER.sub("x", text)
    if not text or len(text.encode()) > _MAX_LENGTH:
        return "a topic has 1 to 65,535 bytes"
    if "{" in rest or "}" in rest:
        return "a placeholder is a lower-case name in braces, such as {device}"
    if "+" in rest or "#" in rest or "\0" in rest:
        return "write {name} for a level that varies; + and # are not allowed"
    if named and "device" not in names:
        return '{device} is missing: without it (or device = "path in the payload") no message has a device'
    if not named and "device" in names:
        return "the device stands in the payload: {device} cannot stand in the topic as well"
    if len(set(names)) != len(names):
        return "a placeholder may stand only once"
    if re.search(r"\}\{", text):
        return "two placeholders need something between them"
    return None


def covers(wide: str, narrow: str) -> bool:
    """Whether every topic of the filter `narrow` is in the filter `wide` (neither has `#`)."""
    wide_levels, narrow_levels = wide.split("/"), narrow.split("/")
    return len(wide_levels) == len(narrow_levels) and all(
        a in ("+", b) for a, b in zip(wide_levels, narrow_levels, strict=True)
    )


def without_covered(filters: set[str]) -> list[str]:
    """The filters, sorted, without those that another one covers: a broker may deliver once per filter."""
    wide = [f for f in filters if "+" in f]  # nothing else can cover anything but itself
    return sorted(f for f in filters if not any(other != f and covers(other, f) for other in wide))

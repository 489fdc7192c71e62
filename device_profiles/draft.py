"""The text of a first draft of a profile: one commented block for each metric, doubtful ones commented out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from msgspec import Struct

from device_profiles.formats import FORMATS
from device_profiles.named_values import Named
from device_profiles.path import Path, parse_path, show_path
from device_profiles.sample import TimeGuess
from device_profiles.vocabulary import Meaning
from domain.metrics import MetricKind


class Draft(Struct, frozen=True):
    """One metric of the draft. `doubt` is why it stands commented out."""

    metric: str
    path: Path
    shown: str  # the value in the sample
    meaning: Meaning | None
    unit: str
    kind: MetricKind
    decimal_comma: bool = False
    words: tuple[tuple[str, int], ...] = ()
    certain_unit: bool = False  # the payload says it
    whole_number: bool = False
    id: str | None = None  # what stands beside the value, in the place of a path
    doubt: str | None = None


def written(
    name: str,
    topic: str,
    kind: str,
    template: str,
    time: TimeGuess | None,
    drafts: Sequence[Draft],
    named: Named | None,
) -> str:
    title = _quoted(name.replace("-", " "))
    lines = [
        "# A first draft, made from one message. Go over every line, above all the units: payloads rarely say them.",
        f"name = {_quoted(name)}",
        f"title = {{ id = {title}, en = {title} }}",
        "",
        "[topics.main]",
        f"# from {_plain(topic)}",
        "# {device} stands for the address of the device; any other {name} stands for one level that varies",
        f"template = {_quoted(template)}",
        f"format = {_quoted(kind)}",
        *([] if FORMATS[kind].shape else _time_lines(time)),
        *_items_lines(named),
        "interval = 60 # expected seconds between messages; with grace: when to say that no data comes",
        "grace = 120",
    ]
    for draft in sorted(drafts, key=lambda one: one.doubt is not None):
        block = list(_metric_lines(draft, whole=FORMATS[kind].whole))
        if draft.doubt:
            doubt = _plain(" ".join(draft.doubt.split()))
            lines += ["", f"# left out: {doubt}", *(f"# {line}" for line in block)]
        else:
            lines += ["", *block]
    return "\n".join(lines) + "\n"


def _time_lines(time: TimeGuess | None) -> list[str]:
    if time is None:
        return ["# no time was found in it: the time of receipt counts"]
    source = f'time = [{{ path = {_written_path(time.path)}, format = "{time.format}" }}]'
    if time.format in ("local", "time_of_day"):
        return ["# without a zone: read as the local time of the device's site", source]
    return [source]


def _items_lines(named: Named | None) -> list[str]:
    """Where values with ids stand, for formats that do not say it themselves."""
    if named is None or not named.declared:
        return []
    keys = [("id", named.id), ("value", named.value), *([("unit", named.unit)] if named.unit else [])]
    parts = [f"path = {_written_path(named.path)}", *(f"{key} = {_written_path((at,))}" for key, at in keys)]
    if named.time:
        key, kind = named.time
        parts.append(f'time = [{{ path = {_written_path((key,))}, format = "{kind}" }}]')
    return ["items = { " + ", ".join(parts) + " }"]


def _metric_lines(draft: Draft, *, whole: bool) -> Iterable[str]:
    meaning = draft.meaning
    plain = draft.metric.replace("_", " ")
    yield f"[metrics.{draft.metric}]"
    yield (
        f"name = {{ id = {_quoted(meaning.name_id if meaning else plain)}, "
        f"en = {_quoted(meaning.name_en if meaning else plain)} }}"
    )
    if draft.id is not None:
        yield f"id = {_quoted(draft.id)} # {_plain(draft.shown)} in the sample"
    elif not whole:
        yield f"path = {_written_path(draft.path)} # {_plain(draft.shown)} in the sample"
    doubtful = draft.kind is not MetricKind.STATE and not draft.certain_unit
    yield f"unit = {_quoted(draft.unit)}" + (" # a guess" if doubtful else "")
    if draft.kind is not MetricKind.GAUGE:
        yield f'kind = "{draft.kind}"'
    if draft.words:
        yield "words = { " + ", ".join(f"{_quoted(said)} = {number}" for said, number in draft.words) + " }"
    if draft.decimal_comma:
        yield "decimal_comma = true"
    if draft.kind is MetricKind.GAUGE:
        if draft.whole_number:
            yield "# scale = 0.01 # where the device sends the value times 100"
        yield "# low = 0    # below and above these the sensor is wrong, not the plant"
        yield "# high = 100"


def _written_path(path: Path) -> str:
    """As text where that reads back as the same path, else as a list of keys and numbers."""
    shown = show_path(path) if path else ""
    try:
        if parse_path(shown) == path:
            return _quoted(shown)
    except ValueError:
        pass
    return "[" + ", ".join(str(step) if isinstance(step, int) else _quoted(str(step)) for step in path) + "]"


def _quoted(text: str) -> str:
    """A TOML basic string (its escapes are those of JSON, but for DEL)."""
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be written
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """For a comment, in which TOML allows no control characters."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)

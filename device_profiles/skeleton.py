"""A first draft of a profile from a sample: every number found, named and commented, ready to be gone over.

What is certain is written; what is guessed says so. The draft is tried on its own sample before it is handed out,
and a value that would be refused stands commented out with the reason.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from device_profiles.formats import FORMATS
from device_profiles.numbers import STATES, word
from device_profiles.path import NESTED, Path, parse_path, show_path
from device_profiles.profile import Profile
from device_profiles.sample import Leaf, TimeGuess, format_of, is_time_key, leaves, template_of, time_guess
from device_profiles.trial import HOME_ZONE, try_profile
from device_profiles.units import folded
from device_profiles.vocabulary import GENERIC, NAMING, NOISE, UNIT_KEYS, Meaning, folded_key, meaning_of, unit_of
from device_profiles.written_number import number_in
from domain.errors import Invalid
from domain.message import Message
from domain.metrics import MetricKind

MOST_METRICS = 40
_WORDS = {
    "run": 1, "running": 1, "start": 1, "started": 1, "active": 1, "open": 1, "online": 1, "yes": 1, "jalan": 1,
    "stop": 0, "stopped": 0, "idle": 0, "inactive": 0, "closed": 0, "offline": 0, "no": 0, "mati": 0,
}  # fmt: skip
_PAIRS = (("run", "stop"), ("running", "stopped"), ("open", "closed"), ("online", "offline"), ("start", "stop"))


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
    doubt: str | None = None


def skeleton(name: str, messages: Sequence[Message], zone: str = HOME_ZONE) -> str:
    """The text of a profile that loads and reads the first message. Raises Invalid where nothing can be read."""
    sample = messages[0]
    kind, document = format_of(sample.topic, sample.payload)
    whole = FORMATS[kind].whole
    template = template_of(sample.topic, one_value=whole)
    found = leaves(document)
    time = time_guess(found, sample.received_at)
    drafts = _drafts(found, time, sample.topic if whole else None)
    text = _written(name, sample.topic, kind, template, time, drafts)
    for _ in range(2):
        refused = _refused(text, sample, zone)
        if not refused:
            return text
        drafts = [_doubted(draft, refused.get(draft.metric)) for draft in drafts]
        text = _written(name, sample.topic, kind, template, time, drafts)
    return text


def _drafts(found: list[Leaf], time: TimeGuess | None, topic: str | None) -> list[Draft]:
    drafts: list[Draft] = []
    taken: set[str] = set()
    for leaf in found:
        if time is not None and leaf.path == time.path:
            continue
        draft = _draft(leaf, topic, taken)
        if draft is not None:
            taken.add(draft.metric)
            drafts.append(draft)
    certain = [draft for draft in drafts if draft.doubt is None]
    if not certain:  # nothing but figures of the transport: better those than nothing
        drafts = [_with(draft, None) for draft in drafts]
        certain = drafts
    if not certain:
        raise Invalid("no number and no on/off word is in this payload: give one that has values", "payload")
    beyond = {draft.metric for draft in certain[MOST_METRICS:]}
    return [_with(d, f"beyond the first {MOST_METRICS} values") if d.metric in beyond else d for d in drafts]


def _draft(leaf: Leaf, topic: str | None, taken: set[str]) -> Draft | None:
    """The metric of one value; None where the value is nothing to measure."""
    named = _naming_keys(leaf, topic)
    meaning = _meaning(named)
    metric = _metric_name(named, meaning, taken)
    doubt = "a figure of the transport" if _is_noise(leaf) else None
    shown = json.dumps(leaf.value, ensure_ascii=False)[:60]
    if isinstance(leaf.value, bool) or word(leaf.value) in {**STATES, **_WORDS}:
        words = () if isinstance(leaf.value, bool) or word(leaf.value) in STATES else _words_for(word(leaf.value))
        return Draft(metric, leaf.path, shown, meaning, "1", MetricKind.STATE, words=words, doubt=doubt)
    read = number_in(leaf.value)
    if read is None:
        return None
    beside = next((str(leaf.siblings[key]) for key in UNIT_KEYS if isinstance(leaf.siblings.get(key), str)), "")
    guessed = meaning.unit if meaning else unit_of(named[-1]) if named else "1"
    unit = folded_unit(read.unit or beside) or guessed
    kind = meaning.kind if meaning else MetricKind.GAUGE
    if is_time_key(leaf):
        doubt = "looks like a time"
    return Draft(
        metric,
        leaf.path,
        shown,
        meaning,
        unit,
        kind,
        decimal_comma=read.decimal_comma,
        certain_unit=bool(read.unit or beside),
        whole_number=isinstance(leaf.value, int),
        doubt=doubt,
    )


def _meaning(named: list[str]) -> Meaning | None:
    """Of the last key, or of the last two together (`ENERGY.Total`)."""
    return (meaning_of(named[-1]) or meaning_of("_".join(named[-2:]))) if named else None


def folded_unit(unit: str) -> str:
    """The unit as Pantau spells it where Pantau knows it, else as it came."""
    known = folded(unit) if unit else ""
    return unit if known == unit.replace(" ", "").casefold() else known


def _naming_keys(leaf: Leaf, topic: str | None) -> list[str]:
    """The keys that say what a value is: its own, what a sibling calls it, or the topic of a single value."""
    if topic is not None:
        return [level for level in topic.split("/") if level]
    keys = [key for key in leaf.keys if key != NESTED.value]
    if keys and folded_key(keys[-1]) in GENERIC:
        sibling = next((leaf.siblings[key] for key in NAMING if isinstance(leaf.siblings.get(key), str)), None)
        keys = [*keys[:-1], str(sibling)] if sibling else keys
        while len(keys) > 1 and folded_key(keys[-1]) in GENERIC:
            keys.pop()
    return keys


def _metric_name(named: list[str], meaning: Meaning | None, taken: set[str]) -> str:
    """The house name where there is one, else the key; with the keys above it, then a number, until it is free."""
    folded = [folded_key(key) for key in named]
    key = next((key for key in reversed(folded) if key.strip("0123456789_")), "value")
    own = meaning.metric if meaning else key
    tried = [own, key, *(f"{above}_{key}" for above in reversed(folded[:-1]) if above)]
    numbered = [f"{own}_{number}" for number in range(2, 1000)]
    return next(name for raw in (*tried, *numbered) if (name := _legal(raw)) not in taken)


def _legal(name: str) -> str:
    return (name if name[:1].isalpha() else f"m_{name}")[:64].rstrip("_")


def _is_noise(leaf: Leaf) -> bool:
    return any(folded_key(key) in NOISE for key in leaf.keys)


def _words_for(said: str) -> tuple[tuple[str, int], ...]:
    pair = next((pair for pair in _PAIRS if said in pair), None)
    return tuple((one, _WORDS[one]) for one in pair) if pair else ((said, _WORDS[said]),)


def _with(draft: Draft, doubt: str | None) -> Draft:
    return msgspec.structs.replace(draft, doubt=doubt)


def _doubted(draft: Draft, refusal: str | None) -> Draft:
    return draft if refusal is None else _with(draft, refusal)


def _refused(text: str, sample: Message, zone: str) -> dict[str, str]:
    """What the draft refuses of its own sample, by metric."""
    profile = Profile.model_validate(tomllib.loads(text))
    (outcome,) = try_profile(profile, [sample], zone)
    return {rejection.metric: rejection.detail for rejection in outcome.rejections if rejection.metric}


def _written(name: str, topic: str, kind: str, template: str, time: TimeGuess | None, drafts: Sequence[Draft]) -> str:
    title = _quoted(name.replace("-", " "))
    lines = [
        "# A first draft, made from one message. Go over every line, above all the units: payloads rarely say them.",
        f"name = {_quoted(name)}",
        f"title = {{ id = {title}, en = {title} }}",
        "",
        "[topics.main]",
        f"# from {topic}".replace("\n", " "),
        "# {device} stands for the address of the device; any other {name} stands for one level that varies",
        f"template = {_quoted(template)}",
        f"format = {_quoted(kind)}",
        *_time_lines(time),
        "interval = 60 # expected seconds between messages; with grace: when to say that no data comes",
        "grace = 120",
    ]
    for draft in sorted(drafts, key=lambda one: one.doubt is not None):
        block = list(_metric_lines(draft, whole=FORMATS[kind].whole))
        if draft.doubt:
            doubt = " ".join(draft.doubt.split())
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


def _metric_lines(draft: Draft, *, whole: bool) -> Iterable[str]:
    meaning = draft.meaning
    plain = draft.metric.replace("_", " ")
    yield f"[metrics.{draft.metric}]"
    yield (
        f"name = {{ id = {_quoted(meaning.name_id if meaning else plain)}, "
        f"en = {_quoted(meaning.name_en if meaning else plain)} }}"
    )
    if not whole:
        yield f"path = {_written_path(draft.path)} # {draft.shown} in the sample"
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
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

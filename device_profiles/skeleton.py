"""A first draft of a profile from a sample: every number found, named and commented, ready to be gone over.

What is certain is written; what is guessed says so. The draft is tried on its own sample before it is handed out,
and a value that would be refused stands commented out with the reason.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence

import msgspec

from device_profiles.draft import Draft, written
from device_profiles.formats import FORMATS
from device_profiles.named_values import Named, named_values
from device_profiles.numbers import STATES, word
from device_profiles.path import NESTED
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


def skeleton(name: str, messages: Sequence[Message], zone: str = HOME_ZONE) -> str:
    """The text of a profile that loads and reads the first message. Raises Invalid where nothing can be read."""
    sample = messages[0]
    kind, document = format_of(sample.topic, sample.payload)
    whole = FORMATS[kind].whole
    template = template_of(sample.topic, one_value=whole)
    named = named_values(kind, document, sample.received_at)
    everything = leaves(document)
    time = None if FORMATS[kind].shape else time_guess(everything, sample.received_at)
    drafts = _drafts(named.leaves if named else everything, time, sample.topic if whole else None, named)
    text = written(name, sample.topic, kind, template, time, drafts, named)
    for _ in range(2):
        refused = _refused(text, sample, zone)
        if not refused:
            return text
        drafts = [_doubted(draft, refused.get(draft.metric)) for draft in drafts]
        if all(draft.doubt for draft in drafts):
            raise Invalid(f"every value in it is refused: {'; '.join(refused.values())}", "payload")
        text = written(name, sample.topic, kind, template, time, drafts, named)
    return text


def _drafts(found: list[Leaf], time: TimeGuess | None, topic: str | None, named: Named | None) -> list[Draft]:
    drafts: list[Draft] = []
    taken: set[str] = set()
    for leaf in found:
        if time is not None and leaf.path == time.path:
            continue
        draft = _draft(leaf, topic, taken, named=named is not None)
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


def _draft(leaf: Leaf, topic: str | None, taken: set[str], *, named: bool) -> Draft | None:
    """The metric of one value; None where the value is nothing to measure."""
    keys = _naming_keys(leaf, topic) if not named else re.split(r"[./:]", leaf.keys[-1])
    meaning = _meaning(keys)
    metric = _metric_name(keys, meaning, taken)
    own_id = leaf.keys[-1] if named else None
    doubt = "a figure of the transport" if not named and _is_noise(leaf) else None
    shown = json.dumps(leaf.value, ensure_ascii=False)[:60]
    if isinstance(leaf.value, bool) or word(leaf.value) in {**STATES, **_WORDS}:
        words = () if isinstance(leaf.value, bool) or word(leaf.value) in STATES else _words_for(word(leaf.value))
        return Draft(metric, leaf.path, shown, meaning, "1", MetricKind.STATE, words=words, id=own_id, doubt=doubt)
    read = number_in(leaf.value)
    if read is None:
        return None
    beside = next((str(leaf.siblings[key]) for key in UNIT_KEYS if isinstance(leaf.siblings.get(key), str)), "")
    guessed = meaning.unit if meaning else unit_of(keys[-1]) if keys else "1"
    unit = folded_unit(read.unit or beside) or guessed
    kind = meaning.kind if meaning else MetricKind.GAUGE
    if not named and is_time_key(leaf):
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
        id=own_id,
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

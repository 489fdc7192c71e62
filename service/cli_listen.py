"""`pantau listen`: what is said on the broker now, what it becomes, and what nobody knows."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from collector.listen import listening
from device_profiles.catalogue import Catalogue
from device_profiles.newcomers import UNKNOWN, draft_command
from device_profiles.suggest import Fit, suggest
from domain.errors import Invalid
from domain.instants import utc_text
from domain.message import Message, Outcome
from service.clock import now
from service.options import Config, DataDir, Json, err, opened, out, print_json
from service.profile_files import installed

MOST_TOPICS = 1_000  # for which the fitting profiles are remembered
MOST_FITS = 3


def add_to(app: typer.Typer) -> None:
    """Hang the command onto the program."""
    app.command()(listen)


def listen(
    topic: Annotated[str, typer.Option(help="MQTT filter of the topics to hear")] = "#",
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="End after so many seconds; else with Ctrl-C")
    ] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show live traffic, what it becomes, and for what nobody knows the profiles that fit. Changes nothing."""
    _check_filter(topic)
    with opened(config, data_dir) as app:
        guide = Guide(installed(app.settings.profiles_dir))
        until = time.monotonic() + seconds if seconds else None
        with listening(app.settings.mqtt, topic, now) as ear:
            if not json:
                err.print(f"Listening to {topic} at {app.settings.mqtt.host}:{app.settings.mqtt.port}", markup=False)
            try:
                while until is None or time.monotonic() < until:
                    left = 1.0 if until is None else min(1.0, until - time.monotonic())
                    message = ear.take(left)
                    if message is not None:
                        outcome = app.devices.interpret(message)
                        _show(message, outcome, guide.fits(message, outcome), json=json)
            except KeyboardInterrupt:
                pass
            if ear.missed:
                err.print(f"{ear.missed} messages came too fast to be shown")


class Guide:
    """The profiles that would fit a topic that leads nowhere, looked for once for each topic."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, list[Fit]] = {}

    def fits(self, message: Message, outcome: Outcome) -> list[Fit]:
        """The best few; none for a message whose device is known."""
        if not any(refused.reason in UNKNOWN for refused in outcome.rejections):
            return []
        found = self._known.get(message.topic)
        if found is None:
            found = [fit for fit in suggest(self._catalogue, [message]) if fit.reads][:MOST_FITS]
            if len(self._known) < MOST_TOPICS:
                self._known[message.topic] = found
        return found


def _check_filter(topic: str) -> None:
    levels = topic.split("/")
    wrong = [level for level in levels if level not in ("+", "#") and set(level) & set("+#\0")]
    if not topic or wrong or "#" in levels[:-1]:
        raise Invalid(f"{topic!r} is no MQTT filter: + stands for one whole level, # for the rest", "topic")


def _show(message: Message, outcome: Outcome, fits: list[Fit], *, json: bool) -> None:
    if json:
        print_json(_as_json(message, outcome, fits))
        return
    kept = ", retained" if message.retained else ""
    out.print(f"{_printable(message.topic)} ({len(message.payload)} bytes{kept})", markup=False, soft_wrap=True)
    out.print(f"  → {_printable(_said(message, outcome, fits))}", markup=False, soft_wrap=True)


def _said(message: Message, outcome: Outcome, fits: list[Fit]) -> str:
    refused = "; ".join(f"{one.reason}: {one.detail}" for one in outcome.rejections)
    if outcome.readings:
        values = ", ".join(f"{one.series.metric}={one.value}" for one in outcome.readings[:8])
        return f"{outcome.device}: {values}" + (f"; refused {refused}" if refused else "")
    if fits:
        shown = ", ".join(f"{fit.profile} ({fit.metrics} values)" for fit in fits)
        return f"nobody registered {fits[0].address.device}; it fits: {shown}"
    if any(one.reason in UNKNOWN for one in outcome.rejections):
        return f"no profile reads this: {draft_command(message.topic)}"
    return f"{outcome.device}: " + (
        refused or "no fresh reading (retained)" if refused or outcome.stale else "nothing to keep"
    )


def _as_json(message: Message, outcome: Outcome, fits: list[Fit]) -> dict[str, Any]:
    return {
        "time": utc_text(message.received_at),
        "topic": message.topic,
        "bytes": len(message.payload),
        "retained": message.retained,
        "device": outcome.device,
        "readings": {one.series.metric: one.value for one in outcome.readings},
        "rejected": [
            {"metric": one.metric, "reason": one.reason, "detail": one.detail} for one in outcome.rejections
        ],
        "fits": [{"profile": fit.profile, "address": fit.address.device, "metrics": fit.metrics} for fit in fits],
    }


def _printable(text: str) -> str:
    """What a stranger wrote, without what would move a terminal's cursor."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)

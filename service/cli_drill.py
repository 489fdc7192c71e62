"""`pantau simulator drill`: a trouble to practise on, at a training site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.drill import DrillRecord
from domain.errors import NotFound
from service import drill as drilling
from service.options import Config, DataDir, Json, opened, out, print_json
from service.simulated import connected, stop_by_signal
from simulators.drill_scripts import DRILLS


def add_to(group: typer.Typer) -> None:
    """Hang the command onto `pantau simulator`."""
    group.command()(drill)


def drill(
    scenario: Annotated[str, typer.Argument(help=f"One of {', '.join(DRILLS)}")],
    site: Annotated[str, typer.Option(help="The training site to play it at")] = "latihan",
    seconds: Annotated[int, typer.Option(min=15, max=3600, help="How long the trouble lasts")] = 180,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Play a drill at a training site; the page /drill tells the people in it what happens and what to do."""
    chosen = DRILLS.get(scenario)
    if chosen is None:
        raise NotFound(f"there is no drill {scenario!r}; there are {', '.join(DRILLS)}")
    with opened(config, data_dir) as app:
        drilling.ready(app, chosen, site)
        stop = stop_by_signal()
        if not json:
            out.print(f"Follow it at {str(app.settings.http.base_url).rstrip('/')}/drill", soft_wrap=True)
        with connected(app.settings, f"{app.settings.mqtt.client_id}-drill") as publisher:
            record = drilling.play(app, chosen, site, publisher, stop, seconds=seconds)
        report = drilling.write_report(app.settings.data_dir / "drills", record)
    if json:
        print_json(record.model_dump())
    else:
        _show(record, report)
    if record.score is None:
        raise typer.Exit(1)


def _show(record: DrillRecord, report: Path) -> None:
    """The score, line by line."""
    if record.score is None:
        out.print("The drill was broken off; there is no score.")
        return
    score = record.score
    when = (
        "never" if score.to_acknowledge is None else f"after {score.to_acknowledge:.0f} s by {score.acknowledged_by}"
    )
    out.print(f"{score.points} of 100 points; {score.alerts} alerts, acknowledged {when}")
    for one in score.actions:
        out.print(f"{'+' if one.noted else '-'} {one.action.en}")
    out.print(f"Report: {report}", soft_wrap=True)

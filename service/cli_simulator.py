"""Commands that play devices: `pantau simulator`, `pantau replay`. They speak MQTT only."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from device_profiles.catalogue import Catalogue
from domain.errors import Unavailable
from service import cli_drill, logs
from service.clock import now
from service.demo_history import SEED
from service.options import Config, DataDir, Json, out, print_json, settings_of
from service.settings import Settings
from service.simulated import connected, made, stop_by_signal
from simulators import fleet
from simulators.mapping import load_mapping
from simulators.replay import replay as replay_file
from simulators.runner import run
from simulators.scenario import demo_fleet
from simulators.speaker import Speaker

CONNECTIONS = 4  # of a load
CONNECT_WITHIN = 10.0  # s


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    group = typer.Typer(invoke_without_command=True, callback=simulator)
    cli_drill.add_to(group)
    app.add_typer(group, name="simulator")
    app.command()(replay)


def simulator(
    context: typer.Context,
    devices: Annotated[int, typer.Option(min=0, help="Load: this many synthetic devices; 0 plays both centres")] = 0,
    rate: Annotated[float, typer.Option(min=0.001, help="Load: messages a second of each device")] = 1.0,
    seconds: Annotated[float | None, typer.Option(help="Load: end after so many seconds")] = None,
    messages: Annotated[int | None, typer.Option(help="Load: end after so many messages")] = None,
    flat_out: Annotated[bool, typer.Option(help="Load: as fast as the broker acknowledges")] = False,
    interval: Annotated[float, typer.Option(min=0.5, help="Both centres: seconds between messages")] = 10.0,
    seed: Annotated[int, typer.Option(help="Same seed, same messages")] = SEED,
    profile: Annotated[str | None, typer.Option(help="Play one device of this device profile instead")] = None,
    device: Annotated[str, typer.Option(help="With --profile: its address on the broker")] = "simulator-1",
    site: Annotated[str, typer.Option(help="With --profile: the site in its topics, where they have one")] = "batik",
    write_installation: Annotated[Path | None, typer.Option(help="Write the load's devices as TOML and end")] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Play the devices of both centres, one of any device profile, or a load of synthetic ones."""
    if context.invoked_subcommand is not None:
        return
    if write_installation is not None:
        write_installation.write_text(fleet.installation(devices), "utf-8")
        return
    settings = settings_of(config, data_dir)
    logs.configure(settings.log_format)
    stop = stop_by_signal()
    if profile is not None or not devices:
        speaking = demo_fleet(seed) if profile is None else _speaker(settings, profile, device, site, seed)
        with connected(settings, f"{settings.mqtt.client_id}-simulator") as publisher:
            run(speaking, publisher, now, stop, int(interval * 1000))
        return
    load = fleet.Load(devices, rate, seconds, messages, seed, paced=not flat_out)
    report = _drive(settings, load, stop)
    if json:
        print_json(asdict(report))
    else:
        out.print(f"{report.published} published, {report.acknowledged} acknowledged in {report.seconds:.1f} s")
    if report.published != report.acknowledged:
        raise typer.Exit(1)


def replay(
    file: Annotated[Path, typer.Argument(help="CSV file of recorded data")],
    mapping: Annotated[Path, typer.Option("--map", help="TOML: which column is which device's metric")],
    speed: Annotated[float | None, typer.Option(min=0.001, help="Times real time; flat out if absent")] = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Send a recorded CSV as if devices spoke it. Nothing is repaired or left out unsaid."""
    settings = settings_of(config, data_dir)
    columns = load_mapping(mapping)
    with connected(settings, f"{settings.mqtt.client_id}-replay") as publisher:
        if not publisher.wait_connected(CONNECT_WITHIN):
            raise Unavailable(f"no broker at {settings.mqtt.host}:{settings.mqtt.port} (mqtt.host, mqtt.port)")
        report = replay_file(file, columns, publisher, speed=speed)
    if json:
        print_json(asdict(report))
    else:
        out.print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(report).items()))
    if report.sent != report.acknowledged:
        raise typer.Exit(1)


def _speaker(settings: Settings, profile: str, address: str, site: str, seed: int) -> Speaker:
    """A device of any profile there is, the user's own too."""
    catalogue = Catalogue.load(*([settings.profiles_dir] if settings.profiles_dir else []))
    return Speaker(catalogue.get(profile), address, site, seed)


def _drive(settings: Settings, load: fleet.Load, stop: threading.Event) -> fleet.LoadReport:
    publishers = [made(settings, f"{settings.mqtt.client_id}-load-{n}", None) for n in range(CONNECTIONS)]
    for publisher in publishers:
        publisher.start()
    try:
        if not all(publisher.wait_connected(CONNECT_WITHIN) for publisher in publishers):
            raise Unavailable(f"no broker at {settings.mqtt.host}:{settings.mqtt.port} (mqtt.host, mqtt.port)")
        return fleet.drive(load, publishers, now, stop)
    finally:
        for publisher in publishers:
            publisher.stop()

"""Commands for device profiles: `pantau profile …`. They open no data folder and no connection."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.times import parse_time
from device_profiles.skeleton import skeleton
from device_profiles.trial import HOME_ZONE, address_of, try_profile
from domain.errors import ConfigurationError, Invalid
from domain.message import Message
from domain.reading import Millis
from service.clock import now
from service.options import Config, Json, out, print_json, print_table, settings_of, tell_problems
from service.profile_files import installed, problems_of, profile_named, text_named
from service.trial_report import as_json, as_lines, explained

profile = typer.Typer(no_args_is_help=True, help="Device profiles: look at them, try them, write one.")

Topics = Annotated[list[str], typer.Option("--topic", help="Topic of the message; several go with the payloads")]
Payloads = Annotated[
    list[str], typer.Option("--payload", help="File with the payload, - for standard input; several in order")
]
ReceivedAt = Annotated[
    str | None, typer.Option("--received-at", help="Time of receipt, such as 2026-11-21T06:30:00Z; now when absent")
]
Zone = Annotated[str, typer.Option("--timezone", help="Zone of times that carry none")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(profile, name="profile")


@profile.command("list")
def list_profiles(json: Json = False, config: Config = None) -> None:
    """Every profile there is, with the topics it speaks on."""
    infos = installed(settings_of(config, None).profiles_dir).profiles()
    if json:
        rows = [
            {
                "name": info.name,
                "title": info.title.en,
                "format": info.format,
                "topics": info.topics,
                "metrics": [metric.metric for metric in info.metrics],
            }
            for info in infos
        ]
        print_json({"items": rows, "next": None})
        return
    table = Table("name", "device", "format", "topics")
    for info in infos:
        table.add_row(info.name, info.title.en, info.format, "\n".join(info.topics))
    print_table(table)


@profile.command("show")
def show(name: str, config: Config = None) -> None:
    """The file of a profile, as a start for one of your own."""
    typer.echo(text_named(name, settings_of(config, None).profiles_dir), nl=False)


@profile.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="Profile files")], json: Json = False, config: Config = None
) -> None:
    """Read profile files and print every problem with its key."""
    folder = settings_of(config, None).profiles_dir
    tell_problems([problem for file in files for problem in problems_of(file, folder)], json=json)


@profile.command("try")
def try_(
    named: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or a profile file")],
    topic: Topics,
    payload: Payloads,
    received_at: ReceivedAt = None,
    timezone: Zone = HOME_ZONE,
    retained: Annotated[bool, typer.Option("--retained", help="As if the broker had kept the messages")] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """Show what messages become with a profile, and why what is refused is refused. Nothing is stored."""
    chosen = profile_named(named, settings_of(config, None).profiles_dir)
    messages = _messages(topic, payload, received_at, retained=retained)
    addresses = [address_of(chosen, message.topic, message.payload) for message in messages]
    outcomes = [
        explained(chosen, *pair) for pair in zip(addresses, try_profile(chosen, messages, timezone), strict=True)
    ]
    if json:
        print_json(as_json(outcomes))
        return
    for line in as_lines(messages, addresses, outcomes):
        out.print(line, markup=False, soft_wrap=True)


@profile.command("new")
def new(
    topic: Topics,
    payload: Payloads,
    name: Annotated[str | None, typer.Option(help="Name of the profile; that of the output file when absent")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output if absent")
    ] = None,
    timezone: Zone = HOME_ZONE,
) -> None:
    """Write a first draft of a profile from a sample: every number found, with its place, named and commented."""
    if output is not None and output.exists():
        raise ConfigurationError.one(output, "", "is there already; nothing was written")
    called = name or (output.stem if output else "my-device")
    try:
        text = skeleton(called, _messages(topic, payload, None), timezone)
    except ValueError as error:  # the name cannot be that of a profile
        raise Invalid(f"{called!r} cannot be the name of a profile: {error}", "name") from None
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
        out.print(f"{output} is written. Go over its lines, then: pantau profile check {output}", soft_wrap=True)


def _messages(
    topics: list[str], payloads: list[str], received_at: str | None, *, retained: bool = False
) -> list[Message]:
    """One message for each payload; a single topic is that of all. Raises ConfigurationError, Invalid."""
    if len(topics) not in (1, len(payloads)):
        raise Invalid(f"{len(topics)} topics for {len(payloads)} payloads: give one topic, or one for each", "topic")
    spoken = topics * len(payloads) if len(topics) == 1 else topics
    at = _time(received_at)
    return [Message(topic, _bytes(place), at, retained) for topic, place in zip(spoken, payloads, strict=True)]


def _time(text: str | None) -> Millis:
    try:
        return now() if text is None else parse_time(text)
    except ValueError as error:
        raise Invalid(f"--received-at {text!r}: {error}", "received-at") from None


def _bytes(place: str) -> bytes:
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(place).read_bytes()
    except OSError as error:
        raise ConfigurationError.one(place, "", f"cannot be read: {error.strerror}") from None

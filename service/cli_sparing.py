"""Commands for the SPARING connector: `pantau sparing …`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from domain.counter_metrics import CounterMetrics
from domain.places import Places
from domain.reading import Millis
from domain.sparing import Receipt
from reports.sparing.sender import PointReport, SkipReason
from service.clock import now
from service.options import Config, DataDir, Json, out, print_json, settings_of
from service.profile_files import installed
from service.settings import Settings
from service.sparing import Sparing, installed_sparing, receipt_json
from service.sparing_points import require_points
from service.sparing_said import outcome_said
from storage.chunk_store import SqliteReadingStore
from storage.config import StoreKind
from storage.corrected_readings import CorrectedReadings
from storage.database import Database
from storage.evidence_calibrations import SqlCorrections
from storage.journal import SqliteJournal
from storage.quality_book import SqlQualityBook
from storage.readings import MergedReadings
from storage.registry import SqlRegistry

sparing = typer.Typer(no_args_is_help=True, help="Sending to SPARING (KLH/BPLH).")
Point = Annotated[str | None, typer.Option(help="Compliance point; may be left out where there is one")]
SKIPPED = {
    SkipReason.OFF: "mati (off): set sparing.enabled",
    SkipReason.UNTESTED: "belum diuji (untested): run `pantau sparing test`",
}


def add_to(app: typer.Typer) -> None:
    """Hang the commands onto the program."""
    app.add_typer(sparing, name="sparing")


@contextmanager
def _connected(config: Path | None, data_dir: Path | None, *, known_points: bool = False) -> Iterator[Sparing]:
    """The connector over the parts it needs, and no others. `known_points`: raises ConfigurationError for a point of
    the settings that is not registered.
    """
    settings = settings_of(config, data_dir)
    with ExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        database = stack.enter_context(closing(Database(settings.database_url)))
        database.migrate()
        quality = SqlQualityBook(database)
        registry = SqlRegistry(database)
        counts = CounterMetrics(registry, installed(settings.profiles_dir))
        corrections = SqlCorrections(database, Places(registry), counts)
        readings = CorrectedReadings(_readings(settings, stack, quality), corrections)
        if known_points:
            require_points(settings.sparing, registry)
        yield installed_sparing(
            settings.sparing, stack, database, registry, quality.overlapping, readings, now, grace=0
        )


def _readings(settings: Settings, stack: ExitStack, quality: SqlQualityBook) -> MergedReadings:
    journal = stack.enter_context(closing(SqliteJournal(settings.data_dir / "journal.db")))
    if settings.store.kind is StoreKind.SQLITE:
        chunks = stack.enter_context(closing(SqliteReadingStore(settings.data_dir / "readings.db")))
        return MergedReadings(chunks, journal, quality)
    from storage.influx_store import InfluxReadingStore  # its client library is only paid for where it is used

    return MergedReadings(stack.enter_context(closing(InfluxReadingStore(settings.store))), journal, quality)


@sparing.command("status")
def status(json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """How sending stands at every point."""
    with _connected(config, data_dir) as connector:
        found, server = connector.status(), connector.config
    if json:
        print_json(
            {
                "enabled": server.enabled,
                "base_url": server.base_url,
                "mode": server.mode,
                "items": found,
                "next": None,
            }
        )
        return
    out.print(f"SPARING {'aktif (on)' if server.enabled else 'tidak aktif (off)'}; {server.base_url}, {server.mode}")
    if not found:
        out.print("Belum ada titik penaatan yang diatur untuk SPARING; lihat docs/sparing.md.")
    for one in found:
        last = f"{_wib(one.last.at)} {one.last.verdict}" if one.last else "-"
        out.print(f"{one.point} (uid {one.uid}): {SKIPPED[one.skipped] if one.skipped else 'aktif (on)'}")
        out.print(f"  parameter {', '.join(one.parameters)}; diuji {_wib(one.tested_at)}; terakhir {last}")
        out.print(f"  antre (waiting) {one.waiting}, tertua {_wib(one.oldest)}")


@sparing.command("test")
def try_connection(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent (not signed), and contact nobody")
    ] = False,
    point: Point = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Post one measured record to the ministry's test door. Exit 1 when it was not accepted."""
    with _connected(config, data_dir, known_points=True) as connector:
        chosen, server = connector.chosen(point).point, connector.config.base_url
        if dry_run:
            typer.echo(connector.sender.test_record(chosen).claims)
            return
        receipt = connector.sender.test(chosen)
    if json:
        _show_receipts([receipt], json=True)
    else:
        out.print(outcome_said(receipt, server), soft_wrap=True, markup=False)
    if not receipt.verdict.delivered:
        raise typer.Exit(1)


@sparing.command("send-now")
def send_now(json: Json = False, config: Config = None, data_dir: DataDir = None) -> None:
    """Send what is due and what waits, without waiting for the next try. Exit 1 where anything was not sent."""
    with _connected(config, data_dir) as connector:
        reports = connector.sender.resend()
        waiting = sum(one.waiting for one in connector.status())
    if json:
        print_json({"items": reports, "next": None})
    else:
        _show_reports(reports)
    if waiting or any(report.skipped or report.problem for report in reports):
        raise typer.Exit(1)


@sparing.command("missing")
def missing(
    month: Annotated[str, typer.Option(help="Month such as 2026-10")],
    output: Annotated[Path | None, typer.Option(help="Write the portal's Excel form here")] = None,
    complete: Annotated[
        bool, typer.Option(help="Every measured slot of the affected stretch, delivered ones as well")
    ] = False,
    point: Point = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """The two-minute slots that the ministry does not have, and why."""
    with _connected(config, data_dir) as connector:
        found = connector.missing(month, point, output, complete=complete)
        zone = connector.config.form_timezone
    if json:
        print_json(found)
        return
    out.print(f"{found['point']} {month}: {found['missing']} slot belum diterima KLH (not delivered)")
    for reason, count in found["reasons"].items():
        out.print(f"  {reason}: {count}")
    if output is not None:
        out.print(f"{found['rows']} baris ditulis ke {output}; waktu dalam {zone} (to be confirmed by the ministry)")


@sparing.command("receipts")
def receipts(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    after: Annotated[str | None, typer.Option(help="The `next` of the page before")] = None,
    point: Point = None,
    json: Json = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """What the ministry said to each attempt, newest first."""
    with _connected(config, data_dir) as connector:
        page = connector.queue.receipts(after, limit, point)
    _show_receipts(page.items, page.next, json=json)


def _show_receipts(items: Sequence[Receipt], following: str | None = None, *, json: bool) -> None:
    if json:
        print_json({"items": [receipt_json(receipt) for receipt in items], "next": following})
        return
    table = Table("waktu", "titik", "paket", "jam", "ke", "hasil", "data", "kosong", "jawaban", "kunci")
    for one in items:
        table.add_row(
            _wib(one.at), one.point, one.kind, _wib(one.start), str(one.attempt), one.verdict,
            str(one.records), str(one.left_out), one.desc or "", one.fingerprint or "",
        )  # fmt: skip
    out.print(table)


def _show_reports(reports: Sequence[PointReport]) -> None:
    for report in reports:
        said = SKIPPED[report.skipped] if report.skipped else f"{report.delivered} terkirim (delivered)"
        out.print(f"{report.point}: {said}" + (f"; {report.problem}" if report.problem else ""))


def _wib(at: Millis | None) -> str:
    """A moment in WIB, as people read it."""
    return "-" if at is None else f"{datetime.fromtimestamp(at / 1000, ZoneInfo('Asia/Jakarta')):%d/%m/%Y %H.%M.%S}"

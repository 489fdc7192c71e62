"""The shift report as tables, and its head: what every format prints."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from domain.machine import MachineShift, Stop
from domain.ports_machines import Summed
from domain.reading import Millis
from domain.registry import Device
from domain.shift import window
from domain.text import Language, Text
from reports.machines.document import ShiftReport
from reports.table import Absent, Cell, Column, Kind, Printer, Table

WORDS = {
    "title": Text(id="Laporan shift", en="Shift report"),
    "site": Text(id="Tempat", en="Site"),
    "day": Text(id="Hari", en="Day"),
    "shift": Text(id="Shift", en="Shift"),
    "all": Text(id="semua", en="all"),
    "basis": Text(id="Dasar", en="Basis"),
    "basis_is": Text(
        id="ISO 22400-2: ketersediaan = waktu jalan / waktu rencana yang diketahui. Waktu tanpa sinyal, henti "
        "terencana dan waktu tidak dipakai tidak ikut dihitung dan disebut tersendiri.",
        en="ISO 22400-2: availability = running time / planned time that is known. Time without a signal, planned "
        "stops and time out of service are left out and shown apart.",
    ),
    "not_over": Text(
        id="Shift belum selesai: angka sementara, sampai {at}.",
        en="The shift is not over: figures so far, up to {at}.",
    ),
    "so_far": Text(id="Laporan shift (sementara)", en="Shift report (so far)"),
    "went_on": Text(id="lanjut", en="goes on"),
    "ongoing": Text(id="masih berhenti", en="still standing"),
    "began": Text(id="sejak sebelumnya", en="since before"),
    "edges": Text(
        id="Henti dipotong di tepi waktu rencana (shift, istirahat). “sejak sebelumnya”: mesin sudah berhenti ketika "
        "waktu itu mulai; “lanjut”: mesin masih berhenti ketika waktu itu berakhir.",
        en="Stops are cut at the edges of planned time (shift, breaks). “since before”: the machine stood still "
        "already as it began; “goes on”: it still did as it ended.",
    ),
    "oee": Text(
        id="OEE = ketersediaan x efektivitas x rasio mutu (ISO 22400-2), hanya di mesin yang menghitung produk dan "
        "produk baik.",
        en="OEE = availability x effectiveness x quality ratio (ISO 22400-2), only where pieces and good pieces are "
        "counted.",
    ),
    "remark": Text(id="Keterangan", en="Remark"),
    "nothing": Text(id="Tidak ada shift pada hari ini.", en="There is no shift on this day."),
    "lines": Text(id="Per lini", en="By line"),
    "machines": Text(id="Per mesin", en="By machine"),
    "losses": Text(id="Alasan berhenti", en="Stop reasons"),
    "stops": Text(id="Daftar henti", en="Stops"),
    "machine": Text(id="Mesin", en="Machine"),
    "line": Text(id="Lini", en="Line"),
    "planned": Text(id="Rencana", en="Planned"),
    "running": Text(id="Jalan", en="Running"),
    "stopped": Text(id="Berhenti", en="Stopped"),
    "excused": Text(id="Henti terencana", en="Planned stops"),
    "no_signal": Text(id="Tanpa sinyal", en="No signal"),
    "out": Text(id="Tidak dipakai", en="Out of service"),
    "availability": Text(id="Ketersediaan", en="Availability"),
    "short": Text(id="Henti pendek", en="Short stops"),
    "cycles": Text(id="Siklus", en="Cycles"),
    "hours": Text(id="Jam kerja (h)", en="Run hours (h)"),
    "reason": Text(id="Alasan", en="Reason"),
    "unsaid": Text(id="belum diberi alasan", en="nobody said why"),
    "time": Text(id="Lama", en="Time"),
    "count": Text(id="Kali", en="Times"),
    "share": Text(id="Bagian", en="Share"),
    "from": Text(id="Mulai", en="From"),
    "to": Text(id="Sampai", en="Until"),
    "sum": Text(id="Jumlah", en="Sum"),
    "note": Text(
        id="Waktu dalam jam:menit. Mesin tanpa sinyal tidak diberi angka: keadaannya tidak diketahui.",
        en="Times in hours:minutes. A machine without a signal has no figure: what it did is not known.",
    ),
}
_TIMES = ("planned", "running", "stopped", "excused", "no_signal", "out")


class HourPrinter(Printer):
    """Durations as hours and minutes, 4:37: in a column of times they are compared, and do not wrap."""

    def duration(self, length: Millis) -> str:
        """Cut to the minute."""
        return f"{length // 3_600_000}:{length // 60_000 % 60:02d}"


def word(key: str, printer: Printer) -> str:
    """A phrase of the report."""
    return WORDS[key].in_language(Language(printer.language))


def title(report: ShiftReport, printer: Printer) -> str:
    """As printed above everything."""
    return word("title" if report.until is None else "so_far", printer)


def head(report: ShiftReport, printer: Printer) -> list[tuple[str, str]]:
    """Site, day, shift and what the figures rest on, as label and text."""
    zone = ZoneInfo(report.overview.site.timezone)
    held = [one for one in report.overview.shifts if window(one, zone, report.overview.first) is not None]
    names = [_text(one.name, printer) for one in (report.overview.shifts if report.shift else held)]
    shift = ", ".join(names) if report.shift else f"{word('all', printer)} ({', '.join(names) or '–'})"
    return [
        (word("site", printer), _text(report.overview.site.name, printer)),
        (word("day", printer), f"{printer.long_day(report.overview.first)} ({printer.zone_name})"),
        (word("shift", printer), shift),
        (word("basis", printer), word("basis_is", printer)),
    ]


def warnings(report: ShiftReport, printer: Printer) -> list[str]:
    """What a reader must know before any figure."""
    if not report.overview.machines:
        return [word("nothing", printer)]
    if report.until is not None:
        return [word("not_over", printer).format(at=printer.moment(report.until))]
    return []


def tables(report: ShiftReport, printer: Printer) -> list[Table]:
    """All parts, in the order in which they are printed."""
    return [_lines(report, printer), _machines(report, printer), _losses(report, printer), _stops(report, printer)]


def _text(text: Text, printer: Printer) -> str:
    return text.in_language(Language(printer.language))


def _columns(keys: Sequence[str], printer: Printer) -> list[Column]:
    return [Column(word(key, printer), Kind.DURATION, 1.0) for key in keys]


def _share(value: float | None) -> Cell:
    return Absent.UNKNOWN if value is None else value


def _count(value: float | None) -> Cell:
    return Absent.NOT_MEASURED if value is None else value


def _times(one: Summed | MachineShift) -> tuple[Cell, ...]:
    return (one.planned, *_did(one), one.no_signal, one.out_of_service)


def _did(one: Summed | MachineShift) -> tuple[Cell, Cell, Cell]:
    """Running, stopped, planned stops; where nothing at all is known these are not zero but unknown."""
    if one.planned and one.availability is None and not one.excused and not one.out_of_service:
        return Absent.UNKNOWN, Absent.UNKNOWN, Absent.UNKNOWN
    return one.running, one.stopped, one.excused


def _lines(report: ShiftReport, printer: Printer) -> Table:
    names = {stage.id: _text(stage.name, printer) for stage in report.overview.site.stages}
    share = Column(word("availability", printer), Kind.SHARE, 1.0)
    rows = tuple(
        (names.get(one.of, one.of), *_times(one), _share(one.availability)) for one in report.overview.by_line
    )
    total = report.overview.total
    return Table(
        "lines",
        word("lines", printer),
        (Column(word("line", printer), width=2.4), *_columns(_TIMES, printer), share),
        rows,
        note=word("note", printer),
        total=(word("sum", printer), *_times(total), _share(total.availability)) if rows else (),
    )


def _machines(report: ShiftReport, printer: Printer) -> Table:
    shifts = {one.id: _text(one.name, printer) for one in report.overview.shifts}
    out = any(one.out_of_service for one in report.overview.machines)
    counted = any(one.oee for one in report.overview.machines)
    columns = (
        Column(word("machine", printer), width=2.0),
        Column(word("shift", printer), width=1.1),
        *_columns(("running", "stopped", "excused", "no_signal"), printer),
        *_columns(("out",) if out else (), printer),
        Column(word("availability", printer), Kind.SHARE, 1.2),
        *((Column("OEE", Kind.SHARE, 0.9),) if counted else ()),
        Column(word("short", printer), Kind.COUNT, 0.8),
        Column(word("cycles", printer), Kind.COUNT, 0.9),
        Column(word("hours", printer), Kind.NUMBER, 0.9),
    )
    rows = tuple(
        (
            _name(report.devices, one.device, printer),
            shifts.get(one.shift, one.shift),
            *_did(one),
            one.no_signal,
            *((one.out_of_service,) if out else ()),
            _share(one.availability),
            *((_share(one.oee.value if one.oee else None),) if counted else ()),
            one.short_stops,
            _count(one.cycles),
            _count(one.run_hours),
        )
        for one in report.overview.machines
    )
    return Table("machines", word("machines", printer), columns, rows, note=word("oee", printer) if counted else "")


def _losses(report: ShiftReport, printer: Printer) -> Table:
    columns = (
        Column(word("reason", printer), width=3.0),
        Column(word("time", printer), Kind.DURATION),
        Column(word("count", printer), Kind.COUNT),
        Column(word("share", printer), Kind.SHARE),
    )
    rows = tuple(
        (_reason(report, one.reason, printer), one.time, one.stops, one.share) for one in report.overview.losses
    )
    return Table("losses", word("losses", printer), columns, rows)


def _stops(report: ShiftReport, printer: Printer) -> Table:
    columns = (
        Column(word("machine", printer), width=2.0),
        Column(word("from", printer), Kind.MOMENT, 1.3),
        Column(word("to", printer), Kind.MOMENT, 1.3),
        Column(word("time", printer), Kind.DURATION, 1.0),
        Column(word("reason", printer), width=2.0),
        Column(word("remark", printer), width=1.6),
    )
    found = sorted(
        (stop for one in report.overview.machines for stop in one.stops), key=lambda s: (s.device, s.start)
    )
    rows = tuple(
        (
            _name(report.devices, one.device, printer),
            one.start,
            one.stop,
            one.stop - one.start,
            _reason(report, one.reason, printer),
            _edges(one, printer),
        )
        for one in found
    )
    return Table("stops", word("stops", printer), columns, rows, note=word("edges", printer) if rows else "")


def _edges(stop: Stop, printer: Printer) -> str:
    """Whether the machine stood still before and after the stretch that is told."""
    said = [("began", stop.before), ("went_on", stop.after), ("ongoing", stop.ongoing)]
    return ", ".join(word(key, printer) for key, holds in said if holds)


def _name(devices: Sequence[Device], name: str, printer: Printer) -> str:
    return next((_text(one.name, printer) for one in devices if one.id == name), name)


def _reason(report: ShiftReport, reason: str | None, printer: Printer) -> str:
    if reason is None:
        return word("unsaid", printer)
    return next((_text(one.name, printer) for one in report.reasons if one.id == reason), reason)

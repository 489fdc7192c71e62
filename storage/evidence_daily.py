"""Laboratory samples, plant conditions, logbook and production: what people write by day and by event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection

from domain.condition import Condition, as_abnormal, check_condition
from domain.episode_notes import check_note
from domain.errors import Conflict, Invalid
from domain.evidence import EvidenceKind, Revision
from domain.lab import LabSample, check_sample, results_of, sampled_on
from domain.logbook import LogbookEntry, SignedDay, check_begun, check_entry, check_signed, fingerprint
from domain.logbook_day import day_over
from domain.places import Places
from domain.production import Produced, check_produced
from domain.reading import Millis
from domain.report_records import AbnormalCondition, EntryChange, EpisodeNote, LabResult, LogbookDay, ProductionDay
from storage import evidence_rows as rows
from storage.database import Database
from storage.evidence_book import Shape, SqlBook
from storage.evidence_rows import day_stamp

DAY: Final[Millis] = 86_400_000


class SqlSamples(SqlBook[LabSample]):
    """Also `domain.ports_evidence.LabBook`."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(sample: LabSample, now: Millis) -> None:
            check_sample(sample, now, places.zone_of_point(sample.point))

        super().__init__(
            db,
            Shape(
                EvidenceKind.SAMPLE,
                LabSample,
                lambda sample: (sample.point, _plain(sample.code), sample.sampled_at, sample.sampled_at + 1),
                check,
                also=_entered_once,
            ),
        )
        self._places = places

    def results(self, point: str, first: date, last: date) -> list[LabResult]:
        """Those of samples taken on these local days, by day, metric, id."""
        zone = self._places.zone_of_point(point)
        found = self.beginning(point, day_stamp(first) - DAY, day_stamp(last) + 2 * DAY)
        within = [one for one in found if first <= sampled_on(one.record, zone) <= last]
        results = [line for one in within for line in results_of(one.id, one.number, one.record, zone)]
        return sorted(results, key=lambda line: (line.sampled_on, line.metric, line.id))


class SqlConditions(SqlBook[Condition]):
    """Also `domain.ports_evidence.ConditionBook`."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(condition: Condition, now: Millis) -> None:
            places.zone_of_site(condition.site)
            check_condition(condition, now)

        super().__init__(
            db,
            Shape(
                EvidenceKind.CONDITION,
                Condition,
                lambda one: (one.site, one.category.value, one.start, one.stop),
                check,
            ),
        )

    def conditions(self, site: str, start: Millis, stop: Millis) -> list[AbnormalCondition]:
        """Those that share a moment with [start, stop), by start."""
        return [
            as_abnormal(one.id, one.number, one.record, one.who) for one in self.touching(site, None, start, stop)
        ]

    def same_event(self, condition: Condition, but: str = "") -> list[Revision[Condition]]:
        """Those of its site and category that share a moment with it, by start; the record `but` left out."""
        found = self.touching(condition.site, condition.category.value, condition.start, condition.stop)
        return [one for one in found if one.id != but]


class SqlEntries(SqlBook[LogbookEntry]):
    """The logbook: one entry for each site, day and shift."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(entry: LogbookEntry, now: Millis) -> None:
            check_entry(entry, now, places.zone_of_site(entry.site))
            check_begun(entry, places.shifts_of_day(entry.site, entry.day), now)

        super().__init__(
            db,
            Shape(
                EvidenceKind.LOGBOOK,
                LogbookEntry,
                lambda entry: (entry.site, entry.shift, day_stamp(entry.day), day_stamp(entry.day) + 1),
                check,
                key=lambda entry: f"{entry.site}/{entry.day}/{entry.shift}",
            ),
        )

    def of_day(self, site: str, day: date) -> list[Revision[LogbookEntry]]:
        """Those of a day, by shift."""
        return self.beginning(site, day_stamp(day), day_stamp(day))


class SqlSignedDays(SqlBook[SignedDay]):
    """Which days an officer has signed, and over what."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(signed: SignedDay, now: Millis) -> None:
            zone = places.zone_of_site(signed.site)
            check_signed(signed, now, day_over(places.shifts_of_day(signed.site, signed.day), zone, signed.day))

        super().__init__(
            db,
            Shape(
                EvidenceKind.SIGNED_DAY,
                SignedDay,
                lambda signed: (signed.site, "", day_stamp(signed.day), day_stamp(signed.day) + 1),
                check,
                key=lambda signed: f"{signed.site}/{signed.day}",
            ),
        )


class SqlEpisodeNotes(SqlBook[EpisodeNote]):
    """What was found out about exceedances."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(note: EpisodeNote, now: Millis) -> None:
            places.point(note.point)
            check_note(note, now)

        super().__init__(
            db,
            Shape(
                EvidenceKind.EPISODE_NOTE,
                EpisodeNote,
                lambda note: (note.point, note.metric, note.start, note.stop),
                check,
            ),
        )


class SqlLogbook:
    """`domain.ports_evidence.Logbook` over entries, signatures and notes; signs days."""

    def __init__(self, entries: SqlEntries, signed: SqlSignedDays, notes: SqlEpisodeNotes) -> None:
        self._entries = entries
        self._signed = signed
        self._notes = notes

    def sign(
        self, site: str, day: date, seen: Sequence[tuple[str, int]], officer: str, note: str, now: Millis
    ) -> Revision[SignedDay]:
        """Sign the entries of a day as the officer has `seen` them (id and revision); again after a correction: a
        further revision.

        Raises Invalid without entries and before the day is over, Conflict where they stand otherwise by now or are
        signed already.
        """
        entries = self._entries.of_day(site, day)
        stands = tuple((one.id, one.number) for one in entries)
        if set(stands) != set(seen):
            changed = sorted(one for one, _ in set(stands) ^ set(seen))
            raise Conflict(f"{day} was changed since it was read: {', '.join(dict.fromkeys(changed))}", str(day))
        signed = SignedDay(site, day, officer, stands, note, fingerprint([one.record for one in entries]))
        before = self._newest(site, day)
        if before is None:
            return self._signed.add(signed, officer, now)
        if before.record.entries == stands:
            raise Conflict(f"{day} was signed by {before.record.officer} already", str(before.number))
        return self._signed.correct(before.id, before.number, signed, officer, note or "signed again", now)

    def signatures(self, site: str, day: date) -> list[Revision[SignedDay]]:
        """Every signature of a day, oldest first."""
        newest = self._newest(site, day)
        return [] if newest is None else self._signed.history(newest.id)

    def corrected_since(self, site: str, day: date) -> list[str]:
        """Entries that were corrected, removed or added after the day was signed; empty for an unsigned day."""
        signed = self._newest(site, day)
        if signed is None:
            return []
        return _differing(signed.record, self._entries.of_day(site, day))

    def _newest(self, site: str, day: date) -> Revision[SignedDay] | None:
        found = self._signed.beginning(site, day_stamp(day), day_stamp(day))
        return found[0] if found else None

    def days(self, site: str, first: date, last: date) -> list[LogbookDay]:
        """The days for which anything was written, in order."""
        start, stop = day_stamp(first), day_stamp(last)
        signed = {one.record.day: one for one in self._signed.beginning(site, start, stop)}
        written: dict[date, list[Revision[LogbookEntry]]] = {}
        for one in self._entries.beginning(site, start, stop):
            written.setdefault(one.record.day, []).append(one)
        changed = {day: _differing(one.record, written.get(day, [])) for day, one in signed.items()}
        histories = self._entries.histories([name for names in changed.values() for name in names])
        return [
            _logbook_day(
                day, len(written.get(day, [])), signed.get(day), [histories[name] for name in changed.get(day, [])]
            )
            for day in sorted(written.keys() | signed.keys())
        ]

    def episode_notes(self, point: str, start: Millis, stop: Millis) -> list[EpisodeNote]:
        """Those that share a moment with [start, stop), by start."""
        return [one.record for one in self._notes.touching(point, None, start, stop)]


def _differing(signed: SignedDay, entries: Sequence[Revision[LogbookEntry]]) -> list[str]:
    """Entries of a day that do not stand as they were signed."""
    then, now = dict(signed.entries), {one.id: one.number for one in entries}
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def _logbook_day(
    day: date,
    count: int,
    signed: Revision[SignedDay] | None,
    changed: Sequence[Sequence[Revision[LogbookEntry]]],
) -> LogbookDay:
    """`changed`: every revision of the entries that do not stand as they were signed."""
    if signed is None:
        return LogbookDay(day, count)
    then = dict(signed.record.entries)
    changes = [_change(one, then) for history in changed for one in history if one.number > then.get(one.id, 0)]
    officer, note = signed.record.officer, signed.record.note
    return LogbookDay(day, count, officer, note, signed.at, tuple(sorted(changes, key=lambda one: one.at)))


class SqlProduction(SqlBook[Produced]):
    """Also `domain.ports_evidence.Production`."""

    def __init__(self, db: Database, places: Places) -> None:
        def check(produced: Produced, now: Millis) -> None:
            check_produced(produced, now, places.zone_of_site(produced.site))

        super().__init__(
            db,
            Shape(
                EvidenceKind.PRODUCTION,
                Produced,
                lambda one: (one.site, "", day_stamp(one.day), day_stamp(one.day) + 1),
                check,
                key=lambda one: f"{one.site}/{one.day}",
            ),
        )

    def days(self, site: str, first: date, last: date) -> list[ProductionDay]:
        """The days for which anything was noted, in order."""
        found = self.beginning(site, day_stamp(first), day_stamp(last))
        return [ProductionDay(one.record.day, one.record.tons, one.record.pieces) for one in found]


def _entered_once(connection: Connection, _: Revision[LabSample] | None, after: Revision[LabSample]) -> None:
    """A laboratory gives a code once; where either names none, it may be the same. Raises Invalid naming the sample
    that has it, wherever that was taken.
    """
    if after.removed:
        return
    code, laboratory = _plain(after.record.code), _plain(after.record.laboratory)
    for row in rows.of_part(connection, EvidenceKind.SAMPLE, code):
        other = msgspec.json.decode(row.document, type=LabSample)
        if row.id != after.id and len({laboratory, _plain(other.laboratory)} - {""}) < 2:
            whose = f"{other.code}, {other.laboratory}" if other.laboratory else other.code
            raise Invalid(f"the sample {whose} was entered already ({row.id}); correct that one", "code")


def _change(one: Revision[LogbookEntry], signed: Mapping[str, int]) -> EntryChange:
    """A revision that came after the signature."""
    added = one.id not in signed and one.number == 1
    return EntryChange(one.record.shift, one.who, one.at, one.number, one.note, added, one.removed)


def _plain(text: str) -> str:
    """As two people write the same name: without regard to case and spaces, inner ones as well."""
    return "".join(text.split()).casefold()

"""What people find out about exceedances: which note is of which exceedance, and what may be written."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Invalid
from domain.evidence import Revision, require_order, require_past, require_text
from domain.reading import Millis
from domain.report_measured import Episode
from domain.report_records import EpisodeNote


def check_note(note: EpisodeNote, now: Millis) -> None:
    """Raises Invalid naming the field."""
    require_past(note.start, now, "start")
    require_order(note.start, note.stop)
    require_text(note.cause, "cause")
    require_text(note.response, "response")
    if not (note.cause.strip() or note.response.strip()):
        raise Invalid("must not be empty beside an empty response", "cause")


def note_of(one: Episode, notes: Sequence[Revision[EpisodeNote]]) -> Revision[EpisodeNote] | None:
    """The note of the same parameter that shares most time with an exceedance; the earlier of two alike."""
    shared = [(min(one.stop, note.record.stop) - max(one.start, note.record.start), note) for note in notes
              if note.record.metric == one.metric]  # fmt: skip
    return max((pair for pair in shared if pair[0] > 0), key=lambda pair: pair[0], default=(0, None))[1]

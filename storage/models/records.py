"""What people write down and what is made of it: evidence, finished reports, attached files."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, Table, literal_column

from storage.models.columns import index, key, metadata, millis, words

evidence: Final = Table(
    "evidence",
    metadata,
    key("kind", primary=True),
    key("id", primary=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    key("place"),  # the site, device or compliance point it belongs to
    key("part"),  # the metric or shift; empty where it concerns the whole place
    millis("start"),  # of a day: midnight UTC of its date
    millis("stop", optional=True),
    Column("newest", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    words("who"),
    millis("at"),
    words("note"),
    words("document"),
)
index(
    evidence, "ix_evidence_place", "kind", "place", "start", "id", where=evidence.c.newest == literal_column("true")
)
index(evidence, "ix_evidence_part", "kind", "part", "start", "id", where=evidence.c.newest == literal_column("true"))
index(evidence, "ix_evidence_start", "kind", "start", "id", where=evidence.c.newest == literal_column("true"))

finished_report: Final = Table(
    "finished_report",
    metadata,
    key("kind", primary=True),
    key("place", primary=True),
    key("period", primary=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    key("first"),  # the period's first day
    Column("newest", Boolean, nullable=False),
    millis("made_at"),
    words("document"),
)
index(
    finished_report,
    "ix_finished_report_first",
    "first",
    "kind",
    "place",
    where=finished_report.c.newest == literal_column("true"),
)
index(
    finished_report,
    "ix_finished_report_made_at",
    "made_at",
    where=finished_report.c.newest == literal_column("true"),
)

attachment: Final = Table(
    "attachment",
    metadata,
    key("digest", primary=True),
    words("name"),
    words("type"),
    millis("size"),
    words("who"),
    millis("at"),
)

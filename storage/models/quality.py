"""The quality of readings: intervals of a flag, and what the checks remember."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from storage.models.columns import index, key, metadata, millis, numbered, words

quality_interval: Final = Table(
    "quality_interval",
    metadata,
    numbered(),
    key("device"),
    key("metric"),
    millis("start"),
    millis("stop"),
    Column("flag", Integer, nullable=False),
    words("reason"),
    key("who"),
    UniqueConstraint("device", "metric", "who", "start"),
    sqlite_autoincrement=True,
)
index(quality_interval, "ix_quality_interval_series", "device", "metric", "stop")
index(quality_interval, "ix_quality_interval_stop", "stop")
index(quality_interval, "ix_quality_interval_start", "start", "id")
index(quality_interval, "ix_quality_interval_device", "device", "start", "id")

quality_memory: Final = Table(
    "quality_memory", metadata, key("device", primary=True), key("metric", primary=True), words("document")
)

"""What people did at machines and sensors: services, and the reasons of stops."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Table

from storage.models.columns import Key, double, index, key, metadata, millis, numbered, words

service_record: Final = Table(
    "service_record",
    metadata,
    numbered(),
    key("device"),
    millis("at"),
    words("who"),
    words("note"),
    double("run_hours"),
    sqlite_autoincrement=True,
)
index(service_record, "ix_service_record_at", "at", "id")
index(service_record, "ix_service_record_device", "device", "at", "id")

stop_record: Final = Table(
    "stop_record",
    metadata,
    numbered(),
    key("device"),
    millis("start"),
    millis("stop"),
    key("reason"),
    words("who"),
    millis("at"),
    words("note"),
    Column("key", Key, nullable=True, unique=True),  # NULL: not given
    Column("going_on", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
index(stop_record, "ix_stop_record_device", "device", "stop")

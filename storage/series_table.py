"""The `series` table that the journal's and the store's file both have: labels to small numbers and back."""

from __future__ import annotations

import json
import sqlite3

from domain.reading import Series
from domain.series import Selection


def series_id(connection: sqlite3.Connection, series: Series) -> int:
    """The id of a series, given on first use."""
    labels = (series.site, series.device, series.metric, series.unit, series.point)
    connection.execute(
        "INSERT OR IGNORE INTO series(site, device, metric, unit, point) VALUES (?, ?, ?, ?, ?)", labels
    )
    found = connection.execute(
        "SELECT id FROM series WHERE site = ? AND device = ? AND metric = ? AND unit = ? AND point = ?", labels
    ).fetchone()
    return int(found[0])


def every_series(connection: sqlite3.Connection) -> dict[int, Series]:
    """All of them by id."""
    rows = connection.execute("SELECT id, site, device, metric, unit, point FROM series")
    return {row[0]: Series(*row[1:]) for row in rows}


def ids_of(connection: sqlite3.Connection, device: str, metric: str) -> list[int]:
    """The ids of one (device, metric), oldest first: more than one where it changed its unit or place."""
    rows = connection.execute("SELECT id FROM series WHERE device = ? AND metric = ? ORDER BY id", (device, metric))
    return [row[0] for row in rows]


def matching(connection: sqlite3.Connection, selection: Selection) -> set[int]:
    """The ids that a selection means."""
    devices = None if selection.devices is None else json.dumps(sorted(selection.devices))
    rows = connection.execute(
        "SELECT id FROM series WHERE (:site IS NULL OR site = :site) AND (:metric IS NULL OR metric = :metric)"
        " AND (:devices IS NULL OR device IN (SELECT value FROM json_each(:devices)))",
        {"site": selection.site, "metric": selection.metric, "devices": devices},
    )
    return {row[0] for row in rows}

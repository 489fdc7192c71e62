"""Finished reports over a real database and a folder, from the report scene; days that pass only when told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.account import Role, User
from domain.errors import NotFound
from reports.config import ReportsConfig
from reports.sources import Sources
from service.report_desk import Compliance
from service.report_job import ReportJob
from storage.database import Database
from storage.finished_reports import SqlFinishedReports
from storage.report_files import ReportFolder

ZONE = ZoneInfo("Asia/Jakarta")
DAY = 86_400_000


def at(day: str, hour: int = 0) -> int:
    """A local hour in ms UTC."""
    local = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZONE)
    return round(local.timestamp() * 1000) + hour * 3_600_000


class Officers:
    """Everybody is an officer, but budi, the technician, and whoever nobody knows."""

    def user(self, name: str) -> User:
        """One of them."""
        if name == "nobody":
            raise NotFound(name)
        return User(name, Role.TECHNICIAN if name == "budi" else Role.OFFICER, "", active=name != "left")


class Office:
    """Whoever keeps the reports of one installation."""

    def __init__(self, sources: Sources, database: Database, folder: Path, **settings: Any) -> None:
        self.config = ReportsConfig(**settings)
        self.book = SqlFinishedReports(database)
        self.folder = ReportFolder(folder / "reports")
        self.desk = Compliance(lambda: sources, self.book, self.folder, self.config, Officers())
        self.job = ReportJob(self.desk, self.config)

    def restarted(self) -> None:
        """Everything in memory is gone."""
        self.job = ReportJob(self.desk, self.config)

    def run(self, now: int, most: int = 30) -> list[tuple[str, int]]:
        """The job until nothing is left to do: period and revision of what was made."""
        made = []
        for _ in range(most):
            one = self.job.run_once(now)
            if one is None:
                break
            made.append((one.period, one.revision))
        return made

"""Finished reports in the process that leads the alerts: made when they are due, then told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from alerts.report_post import ReportPost
from service.jobs import Jobs
from service.report_job import EVERY, ReportJob
from service.report_letters import ReportLetters
from service.wiring import Application

POST_EVERY: Final = 60.0  # s

Under = Callable[[Callable[[int], object]], Callable[[], None]]
"""`Lease.under`: the work, done only while the lease is ours."""


def schedule_reports(app: Application, jobs: Jobs, under: Under) -> None:
    """Two jobs: a post that waits for a slow server holds up no report."""
    services, clock = app.services, app.services.clock
    job = ReportJob(app.reports, app.settings.reports)
    most = round(app.settings.reports.mail_megabytes * 1_000_000)
    letters = ReportLetters(app.reports, services.registry, app.settings.http.base_url, most)
    post = ReportPost(services.book, services.registry, app.telling.courier, letters.letters, letters.words)
    jobs.every(EVERY, "reports", under(lambda _: job.run_once(clock())))
    jobs.every(POST_EVERY, "report_post", under(lambda _: post.run_once(clock())))

"""Finished reports in the process that leads the alerts: made when they are due, then told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from alerts.report_post import Letter, ReportPost, Words
from domain.activity import ActivityDesk
from domain.reading import Millis
from service.activity_job import ActivityJob
from service.jobs import Jobs
from service.report_job import EVERY, ReportJob
from service.report_letters import ReportLetters
from service.wiring import Application

POST_EVERY: Final = 60.0  # s

Letters = Callable[[Millis], Sequence[Letter]]
Under = Callable[[Callable[[int], object]], Callable[[], None]]
"""`Lease.under`: the work, done only while the lease is ours."""


def schedule_reports(app: Application, jobs: Jobs, under: Under) -> None:
    """Each with a job of its own for the post, which may wait for a slow server and holds up no report."""
    services, clock = app.services, app.services.clock
    job = ReportJob(app.reports, app.settings.reports)
    most = round(app.settings.reports.mail_megabytes * 1_000_000)
    letters = ReportLetters(app.reports, services.registry, app.settings.http.base_url, most)
    post = _post(app, letters.letters, letters.words)
    if services.activity is not None:
        _schedule_activity(app, services.activity, jobs, under)
    jobs.every(EVERY, "reports", under(lambda _: job.run_once(clock())))
    jobs.every(POST_EVERY, "report_post", under(lambda _: post.run_once(clock())))


def _schedule_activity(app: Application, activity: ActivityDesk, jobs: Jobs, under: Under) -> None:
    clock = app.services.clock
    job = ActivityJob(activity, app.reports, app.settings.reports, app.settings.http.base_url)
    post = _post(app, job.letters, job.words)
    jobs.every(EVERY, "activity", under(lambda _: job.run_once(clock())))
    jobs.every(POST_EVERY, "activity_post", under(lambda _: post.run_once(clock())))


def _post(app: Application, letters: Letters, words: Words) -> ReportPost:
    services = app.services
    return ReportPost(services.book, services.registry, app.telling.courier, lambda: letters(services.clock()), words)

"""Adds the pages to an application."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from dashboard import (
    pages_activity,
    pages_alert,
    pages_alerts,
    pages_calibrations,
    pages_company,
    pages_conditions,
    pages_corrections,
    pages_device,
    pages_drill,
    pages_exceedances,
    pages_kiosk,
    pages_laboratory,
    pages_link,
    pages_logbook,
    pages_machine,
    pages_newcomers,
    pages_overview,
    pages_pauses,
    pages_people,
    pages_performance,
    pages_reports,
    pages_rule_form,
    pages_rules,
    pages_session,
    pages_shifts,
    pages_signatories,
    pages_site,
    pages_sparing,
    pages_system,
    pages_water,
    record_files,
)
from dashboard.frame import HERE, Dashboard
from dashboard.visits import error_page
from domain.services import Services

PAGES = (
    pages_session,
    pages_overview,
    pages_site,
    pages_device,
    pages_machine,
    pages_shifts,
    pages_alerts,
    pages_alert,
    pages_link,
    pages_rules,
    pages_rule_form,
    pages_performance,
    pages_pauses,
    pages_people,
    pages_calibrations,
    pages_conditions,
    pages_corrections,
    pages_laboratory,
    pages_logbook,
    pages_water,
    record_files,
    pages_system,
    pages_newcomers,
    pages_drill,
    pages_reports,
    pages_company,
    pages_exceedances,
    pages_signatories,
    pages_activity,
    pages_sparing,
    pages_kiosk,
)


def mount_dashboard(app: FastAPI, services: Services) -> None:
    """Add all pages and their files to `app`. The API's own routes are left as they are."""
    app.state.dashboard = Dashboard(services)
    app.state.error_page = error_page
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for pages in PAGES:
        app.include_router(pages.router)

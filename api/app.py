"""Builds the API out of the services it is given. Opens nothing, starts nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import (
    alarm_performance,
    alerts,
    calibrations,
    company,
    conditions,
    corrections,
    dead_letters,
    devices,
    exceedances,
    files,
    function_checks,
    judgements,
    links,
    logbook,
    machines,
    newcomers,
    notifications,
    pauses,
    people,
    production,
    quality,
    readings,
    reports,
    rules,
    samples,
    session,
    sites,
    sparing,
    stream,
    system,
    tokens,
)
from api.errors import install_errors
from api.hardening import Hardening
from api.installed import Installed
from api.live import Hub
from api.openapi import DESCRIPTION, document, operation_id
from api.passwords import Passwords
from domain.services import Services

PREFIX = "/api/v1"
ROUTERS = (
    session,
    sites,
    devices,
    newcomers,
    readings,
    machines,
    quality,
    rules,
    alerts,
    links,
    pauses,
    notifications,
    alarm_performance,
    function_checks,
    calibrations,
    corrections,
    judgements,
    conditions,
    exceedances,
    samples,
    logbook,
    production,
    company,
    files,
    dead_letters,
    reports,
    sparing,
    stream,
    system,
    people,
    tokens,
)


def create_api(services: Services) -> FastAPI:
    """The application with all routes of the API. The caller may add pages and serves it."""
    app = FastAPI(
        title="Pantau",
        version=services.version,
        description=DESCRIPTION,
        docs_url=None,  # its page loads scripts from elsewhere; Pantau works without internet
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=operation_id,
    )
    app.state.services = services
    app.state.installed = Installed(services.registry)
    app.state.passwords = Passwords()
    app.state.live = Hub(services)
    install_errors(app)
    app.add_middleware(Hardening, https=services.secure_cookies)
    for module in ROUTERS:  # each by itself: a router between them would work out every route once more
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(system.probes)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.live.close()

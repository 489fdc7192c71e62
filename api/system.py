"""Routes: counters, health, metrics."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from api.access import Reader, ServicesOf
from api.metrics import ServiceMetrics
from api.openapi import READS, problems
from api.system_schemas import (
    Alive,
    CountersOut,
    DeviceTallyOut,
    HealthOut,
    JournalOut,
    Ready,
    TallyOut,
)
from api.vitals import health_of, in_flight_of, readers_of
from domain.errors import Unavailable
from domain.instants import utc_text

router = APIRouter(tags=["system"])
probes = APIRouter(tags=["system"])


@router.get("/counters", responses=READS, summary="What was received, written, rejected, dropped")
def get_counters(caller: Reader, services: ServicesOf) -> CountersOut:
    """Totals since the installation began, in all and per device; the journal's depth and age per reader."""
    now = services.clock()
    counted = services.journal.counters()
    journal = JournalOut(head=services.journal.head(), readers=readers_of(services.journal, now))
    return CountersOut(
        time=utc_text(now),
        total=TallyOut.of(counted.total()),
        in_flight=in_flight_of(services.heartbeats.all(), now),
        devices=[DeviceTallyOut.for_device(name, tally) for name, tally in sorted(counted.devices.items())],
        reasons=counted.reasons,
        journal=journal,
        dead_letters_waiting=services.dead_letters.count(),
        dead_letters_dropped=services.dead_letters.dropped(),
    )


@router.get("/health", responses=READS, summary="How each part of the system is")
def get_health(caller: Reader, services: ServicesOf) -> HealthOut:
    """Collector, broker, store, forwarder, alerts ("last check N s ago") and journal."""
    return health_of(services, services.clock())


@probes.get("/health/live", summary="Is the process alive")
async def get_live() -> Alive:
    """Answers as long as the process does."""
    return Alive()


@probes.get("/health/ready", responses=problems(503), summary="Can it do its work")
def get_ready(services: ServicesOf) -> Ready:
    """503 while the journal or the database is not usable."""
    try:
        services.journal.head()
        services.registry.revision()
    except OSError as error:
        raise Unavailable(str(error)) from error
    return Ready()


@probes.get(
    "/metrics",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(503)},
    response_class=Response,
    summary="Metrics for Prometheus",
)
def get_metrics(services: ServicesOf) -> Response:
    """Read from the journal, the alerts and the signs of life at the moment of asking."""
    registry = CollectorRegistry()
    registry.register(ServiceMetrics(services, services.clock()))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

"""A drill as a trainer and a technician meet it: only at a training site, over the real way, with a score."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from api.auth import new_token
from domain.account import Role
from domain.drill import BEGUN, ENDED, DrillRecord
from domain.errors import Invalid, NotFound, Unavailable
from domain.registry import DeviceStatus
from service import drill
from service.cli import main
from service.cli_registry import checked
from service.clock import now
from service.drill_score import promptness
from service.settings import Settings
from service.wiring import Application, build
from simulators.drill_scripts import DRILLS
from simulators.faults import FAULTS
from simulators.publisher import Publisher
from support.servers import Server, free_port
from support.service_process import ROOT, ServiceProcess
from support.waiting import eventually

FILES = [*sorted((ROOT / "examples" / "mojokerto").glob("*.toml")), ROOT / "examples" / "drill" / "latihan.toml"]
DYE = DRILLS["dye_dump"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """The example installation with its training site."""
    with ExitStack() as stack:
        settings = Settings(data_dir=tmp_path / "data")
        app = build(settings, stack)
        app.services.registry.apply(checked(FILES, settings), "test", now())
        yield app


def test_every_drill_plays_a_fault_that_raises_an_alert() -> None:
    for name, scenario in DRILLS.items():
        fault = scenario.play(0, 180_000)
        assert type(fault) is FAULTS[name]
        assert fault.expectation.alerts
        assert {alert.device for alert in fault.expectation.alerts} <= set(scenario.needs)


def test_a_drill_refuses_a_site_that_is_not_for_training(app: Application) -> None:
    with pytest.raises(Invalid, match="site batik is not marked training = true"):
        drill.ready(app, DYE, "batik")


def test_a_drill_names_the_training_sites_where_there_is_no_such_site(app: Application) -> None:
    with pytest.raises(NotFound, match="training sites: latihan"):
        drill.ready(app, DYE, "latihn")


def test_a_drill_says_which_devices_a_site_lacks(app: Application) -> None:
    site = app.services.registry.installation().sites[0].model_copy(update={"id": "empty", "training": True})
    app.services.registry.apply(
        app.services.registry.installation().model_copy(update={"sites": (site,)}), "t", now()
    )
    with pytest.raises(Invalid, match="site empty lacks ipal-outlet"):
        drill.ready(app, DYE, "empty")


def test_a_drill_needs_somebody_who_collects(app: Application) -> None:
    with pytest.raises(Unavailable, match="start `pantau run`"):
        drill.ready(app, DYE, "latihan")


def test_the_command_says_which_drills_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["pantau", "simulator", "drill", "earthquake"])
    assert main() == 1
    assert "there are dye_dump, dosing_pump_off, dropout" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("seconds", "share"), [(None, 0), (0, 1), (60, 1), (180, 0.5), (300, 0), (900, 0)])
def test_who_is_quick_gets_more_points(seconds: float | None, share: float) -> None:
    assert promptness(seconds) == share


@pytest.mark.broker
@pytest.mark.slow
def test_a_drill_ends_with_a_score_for_who_acknowledged_and_noted_the_right_action(
    app: Application, mosquitto: Server
) -> None:
    port = free_port()
    secret, token = new_token("siti", Role.TECHNICIAN, now())
    app.services.accounts.add_token(token)
    environment = {
        "PANTAU_MQTT__PORT": str(mosquitto.port),
        "PANTAU_MQTT__CLIENT_ID": "drill",
        "PANTAU_HTTP__PORT": str(port),
        "PANTAU_ALERTS__TICK_SECONDS": "0.5",
    }
    process = ServiceProcess("run", app.settings.data_dir, environment)
    process.start()
    publisher = Publisher("127.0.0.1", mosquitto.port)
    publisher.start()
    records: list[DrillRecord] = []
    stop = threading.Event()
    try:
        eventually(lambda: collects(app), 30, "a sign of life of the collector")
        thread = threading.Thread(
            target=lambda: records.append(drill.play(app, DYE, "latihan", publisher, stop, seconds=20, calm=5))
        )
        thread.start()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {secret}"}
        ) as client:
            acknowledge_all(client, thread)
        thread.join(60)
    finally:
        stop.set()
        publisher.stop()
        process.stop()

    (record,) = records
    assert record.score is not None
    assert (record.score.alerts, record.score.acknowledged_by) == (3, "siti")
    assert [one.noted for one in record.score.actions] == [True, True, False]
    assert record.score.points == 83
    told = [entry for entry in app.services.audit.page(None, 50).items if entry.action in (BEGUN, ENDED)]
    assert [entry.action for entry in told] == [ENDED, BEGUN]
    resting = [d for d in app.services.registry.installation().devices if d.site == "latihan"]
    assert {device.status for device in resting} == {DeviceStatus.OUT_OF_SERVICE}
    alerts = app.services.book.page(None, 50, None, None, None, False).items
    assert {alert.site for alert in alerts if alert.kind == "limit"} == {"latihan"}


def collects(app: Application) -> bool:
    """Whether the collector gave a sign of life and is connected."""
    return any(b.part == "broker" and b.detail["state"] == "connected" for b in app.services.heartbeats.all())


def acknowledge_all(client: httpx.Client, thread: threading.Thread) -> None:
    """What a technician does until the drill is over."""
    done: set[str] = set()

    def step() -> bool:
        items = client.get("/api/v1/alerts", params={"site": "latihan"}).raise_for_status().json()["items"]
        for alert in items:
            if alert["state"] in ("unacknowledged", "returned") and alert["id"] not in done:
                comment = {"comment": "pencelupan dihentikan, air ditahan di ekualisasi"}
                if client.post(f"/api/v1/alerts/{alert['id']}/acknowledge", json=comment).status_code == 200:
                    done.add(alert["id"])
        return not thread.is_alive()

    eventually(step, 90, "the drill ends")

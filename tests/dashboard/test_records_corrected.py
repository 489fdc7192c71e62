"""Corrections on the charts, and calibration mode on every page of its sensor, also after a power cut."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.wording import load
from domain.condition import Category
from domain.function_check import REASON
from domain.services import Services
from domain.text import Language
from support.app import MovedClock
from support.mojokerto import all_well, mojokerto_services
from support.pages import csrf_of, text_of

PH = "/calibrations/ipal-outlet/ph"
ASKED = {"from": "2026-11-21T11:30", "offset_from": "-0,15", "slope_from": "1", "reason": "buffer 7"}
HALF_PAST: int = 1_795_235_400_000  # 11.30 WIB
MINUTE = 60_000


def post(client: Any, path: str, form: dict[str, str]) -> Any:
    return client.post(path, data=form | {"csrf": csrf_of(client)})


def drawn(answer: Any) -> Any:
    """What the chart is drawn from."""
    found = re.search(r'id="chart-data">(.*?)</script>', answer.text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_preview_draws_both_lines_and_marks_where_the_correction_begins(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    chart = drawn(post(enter(), f"{PH}/corrections", ASKED))
    raw = {one["time"]: one["mean"] for one in chart["items"]}
    assert [one["time"] for one in chart["marks"]] == [HALF_PAST]
    assert min(one["time"] for one in chart["corrected"]) == HALF_PAST
    assert all(one["mean"] == pytest.approx(raw[one["time"]] - 0.15) for one in chart["corrected"])


def test_the_preview_of_a_silent_sensor_says_so(enter: Any) -> None:
    answer = post(enter(), f"{PH}/corrections", ASKED)
    assert "chart-data" not in answer.text
    assert "Tidak ada data pada rentang ini." in text_of(answer)


def test_the_trend_of_a_corrected_sensor_shows_both_lines(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    client = enter()
    post(client, f"{PH}/corrections", ASKED | {"do": "apply"})
    page = client.get("/devices/ipal-outlet?metric=ph&span=1h")
    chart = drawn(page)
    assert (len(chart["corrected"]), [one["time"] for one in chart["marks"]]) == (31, [HALF_PAST])
    assert "riwayat koreksi" in text_of(page)


def test_the_trend_without_a_correction_has_one_line(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    chart = drawn(enter().get("/devices/ipal-outlet?metric=ph&span=1h"))
    assert (chart["corrected"], chart["marks"]) == ([], [])


def test_a_correction_that_was_ended_has_one_line(enter: Any, services: Services) -> None:
    all_well(services, minutes=60)
    client = enter()
    post(client, f"{PH}/corrections", ASKED | {"offset_from": "0", "do": "apply"})
    assert drawn(client.get("/devices/ipal-outlet?metric=ph&span=1h"))["corrected"] == []


# ── calibration mode ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["/calibrations", PH, "/devices/ipal-outlet", "/sites/batik"])
def test_calibration_mode_says_on_every_page_of_the_sensor_who_and_until_when(
    enter: Any, services: Services, page: str
) -> None:
    all_well(services, minutes=5)
    client = enter()
    post(client, f"{PH}/mode", {"minutes": "45"})
    said = text_of(client.get(page))
    assert re.search(r"Mode kalibrasi.{0,200}(technician.{0,80}12\.45|12\.45 WIB · technician)", said)


def test_a_second_calibration_mode_is_refused_with_who_holds_the_first(enter: Any) -> None:
    client = enter()
    post(client, f"{PH}/mode", {"minutes": "45"})
    answer = post(client, "/calibrations/ipal-outlet/cod/mode", {"minutes": "10"})
    assert answer.status_code == 422
    assert "Alat ini sudah dalam mode kalibrasi: pH, oleh technician, sampai 12.45 WIB." in text_of(answer)


def test_calibration_mode_returns_by_itself_also_when_the_power_failed_meanwhile(
    enter: Any, clock: MovedClock, tmp_path: Path
) -> None:
    post(enter(), f"{PH}/mode", {"minutes": "45"})
    now = clock()
    clock.move(60 * 60)  # the power was off all the while
    again = mojokerto_services(tmp_path, clock)
    assert again.pauses.now(clock()) == []
    assert again.evidence.checks.touching("ipal-outlet", None, clock(), clock() + 1) == []
    (flag,) = again.quality.page(None, 5, "ipal-outlet", "ph", None, None).items
    assert (flag.start, flag.stop) == (now, now + 45 * MINUTE)


def test_calibration_mode_still_holds_after_a_restart_within_it(
    enter: Any, clock: MovedClock, tmp_path: Path
) -> None:
    post(enter(), f"{PH}/mode", {"minutes": "45"})
    clock.move(10 * 60)
    again = mojokerto_services(tmp_path, clock)
    assert [one.device for one in again.pauses.now(clock())] == ["ipal-outlet"]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("reason", [REASON, *Category])
def test_why_a_value_does_not_count_is_told_in_words(reason: str, language: Language) -> None:
    assert load(language)[f"reason.{reason}"]

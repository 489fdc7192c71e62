"""Pages over bad data and a system in trouble: what is wrong is said, first and in words."""

from __future__ import annotations

import re
from typing import Any

from domain.reading import FAIL
from domain.services import Services
from support.app import MovedClock
from support.mojokerto import all_well, append, beat, much_wrong, one
from support.pages import text_of


def test_an_effluent_over_its_limit_is_bahaya(enter: Any, services: Services) -> None:
    much_wrong(services)
    page = text_of(enter().get("/"))
    assert "BAHAYA Efluen tidak memenuhi baku mutu" in page


def test_a_value_that_cannot_be_trusted_says_why(enter: Any, services: Services) -> None:
    much_wrong(services)
    page = text_of(enter().get("/sites/batik"))
    assert "tidak valid: kode error dari alat" in page
    assert "meragukan: ditandai oleh alat" in page
    assert "tidak ada nilai: alat tidak memberi nilai" in page


def test_an_old_value_is_shown_with_its_age(enter: Any, services: Services) -> None:
    much_wrong(services)
    assert "data lama, terakhir 47 menit lalu" in text_of(enter().get("/sites/batik"))


def test_a_silent_machine_is_neither_running_nor_stopped(enter: Any, services: Services) -> None:
    much_wrong(services)
    page = text_of(enter().get("/sites/alas-kaki"))
    assert re.search(r"Jahit 2 .{0,6}Tanpa sinyal", page, re.IGNORECASE), page


def test_a_part_in_trouble_is_named(enter: Any, services: Services) -> None:
    much_wrong(services)
    assert "Broker MQTT: bermasalah" in text_of(enter().get("/"))


def test_a_full_disk_is_the_first_thing_said(enter: Any, services: Services) -> None:
    all_well(services, minutes=1)
    services.heartbeats.beat("collector", services.clock(), {"state": "disk_full"})
    assert "Penerima data: bermasalah" in (page := text_of(enter().get("/")))
    assert "disk penuh: tidak ada yang hilang" in page


def test_silence_of_the_alerts_is_said_after_thirty_seconds(
    enter: Any, services: Services, clock: MovedClock
) -> None:
    all_well(services)
    clock.move(31)
    assert "Peringatan sedang tidak diperiksa." in text_of(enter().get("/sites/batik"))


def test_a_bad_reading_is_in_the_table_as_bad(enter: Any, services: Services) -> None:
    append(services, [one(services, "ipal-outlet", "ph", 99.0, quality=FAIL, reason="out_of_range")])
    beat(services)
    assert "tidak valid" in text_of(enter().get("/devices/ipal-outlet?metric=ph&span=1h"))

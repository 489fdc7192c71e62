"""Pages of records: people write, correct and sign; what is wrong is said at its field and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.account import Role
from domain.evidence import Revision
from domain.report_records import Operator
from domain.services import Services
from domain.text import Language
from support.app import MovedClock
from support.mojokerto import all_well
from support.pages import csrf_of, text_of

PH = "/calibrations/ipal-outlet/ph"
PAGES = ("/calibrations", PH, "/conditions", "/laboratory", "/logbook", "/logbook?shift=pagi", "/water")
CALIBRATED = {
    "start": "2026-11-21T10:00", "stop": "2026-11-21T10:30", "buffers_0": "4,01", "buffers_1": "7,00",
    "before_0": "4,20", "before_1": "7,15", "after_0": "4,01", "after_1": "7,00", "next_due": "2026-12-21",
}  # fmt: skip
SAMPLE = {"point": "titik-penaatan-outlet", "code": "LHU-7", "sampled_at": "2026-11-20T09:00", "value_cod": "<0,0033"}
SHIFT = {"site": "batik", "day": "2026-11-21", "shift": "pagi", "notes": "tenang", "energy": "412,5"}
CONDITION = {"place": "batik", "category": "power_cut", "start": "2026-11-21T08:00", "stop": "2026-11-21T09:00"}
FLAGGED = {
    "sensor": "ipal-outlet/ph", "from": "2026-11-21T09:00", "to": "2026-11-21T10:00", "reason": "sensor_in_air",
    "flag": "4", "remark": "diangkat",
}  # fmt: skip
OF_DAY = {"site": "batik", "day": "2026-11-20", "tons": "1,25", "pieces": "340"}


def post(client: Any, path: str, form: dict[str, str], **more: Any) -> Any:
    return client.post(path, data=form | {"csrf": csrf_of(client)}, **more)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_with_data_and_without(
    enter: Any, services: Services, path: str, language: Language
) -> None:
    client = enter(Role.ADMIN, language)
    assert client.get(path).status_code == 200
    all_well(services, minutes=30)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_viewer_only_looks(enter: Any, path: str) -> None:
    page = enter(Role.VIEWER).get(path).text
    assert not re.search(r'<form class="[^"]*stack', page)


# ── calibration ─────────────────────────────────────────────────────────────────────────────────


def test_calibration_mode_begins_and_ends_from_the_page(enter: Any, services: Services, clock: MovedClock) -> None:
    client = enter()
    post(client, f"{PH}/mode", {"minutes": "45"})
    assert services.pauses.now(clock())[0].stop == clock() + 45 * 60_000
    assert "Mode kalibrasi" in text_of(client.get("/calibrations"))
    post(client, f"{PH}/end", {})
    clock.move(1)
    assert services.pauses.now(clock()) == []


def test_a_calibration_is_written_with_decimal_commas(enter: Any, services: Services) -> None:
    post(enter(), f"{PH}/records", CALIBRATED)
    record = services.evidence.calibrations.newest()["ipal-outlet", "ph"]
    assert (record.buffers, record.before, record.who) == ((4.01, 7.0), (4.2, 7.15), "technician")


@pytest.mark.parametrize(("change", "said"), [
    ({"start": "2026-12-01T10:00", "stop": ""}, "Waktunya di masa depan."),
    ({"before_1": ""}, "Isi satu nilai untuk tiap buffer."),
    ({"before_0": "empat"}, "Bukan angka."),
    ({"next_due": "2026-11-01"}, "Harus sesudah tanggal kalibrasi."),
    ({"stop": "2026-11-21T09:00"}, "Selesai harus sesudah mulai."),
])  # fmt: skip
def test_a_wrong_calibration_is_told_and_kept_in_the_form(
    enter: Any, services: Services, change: dict[str, str], said: str
) -> None:
    answer = post(enter(), f"{PH}/records", CALIBRATED | change)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert 'value="4,01"' in answer.text
    assert 'class="wrong"' in answer.text
    assert services.evidence.calibrations.newest() == {}


def test_overlapping_calibrations_are_refused(enter: Any) -> None:
    client = enter()
    post(client, f"{PH}/records", CALIBRATED)
    answer = post(client, f"{PH}/records", CALIBRATED | {"start": "2026-11-21T10:15"})
    said = text_of(answer)
    assert "Bertumpuk: 10.15 WIB – 10.30 WIB" in said
    assert "dengan kalibrasi yang sudah ada, 10.00 WIB – 10.30 WIB" in said
    assert "(technician)" in said


def test_a_corrected_calibration_shows_what_stood_before(enter: Any, services: Services) -> None:
    client = enter()
    post(client, f"{PH}/records", CALIBRATED)
    one = services.evidence.calibrations.page(None, None, 1).items[0]
    form = CALIBRATED | {"edit": one.id, "revision": "1", "why": "salah ketik", "after_1": "7,01"}
    assert post(client, f"{PH}/records", form).status_code == 303
    page = client.get(PH).text
    assert "revisi 2: salah ketik" in page
    assert "<del>" in page


def test_a_correction_is_seen_before_it_is_applied(enter: Any, services: Services, clock: MovedClock) -> None:
    all_well(services, minutes=60)
    client = enter()
    form = {"from": "2026-11-21T11:30", "offset_from": "-0,15", "slope_from": "1", "reason": "buffer 7"}
    preview = post(client, f"{PH}/corrections", form)
    assert "Terapkan koreksi" in text_of(preview)
    assert services.evidence.corrections.page(None, None, 1).items == []
    post(client, f"{PH}/corrections", form | {"do": "apply"})
    raw = services.readings.raw("ipal-outlet", "ph", clock() - 60_000, clock() + 1)[-1].value
    corrected = services.evidence.corrected.raw("ipal-outlet", "ph", clock() - 60_000, clock() + 1)[-1].value
    assert raw is not None
    assert corrected == pytest.approx(raw - 0.15)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OFFICER, Role.VIEWER])
def test_only_technicians_calibrate(enter: Any, role: Role) -> None:
    assert post(enter(role), f"{PH}/mode", {"minutes": "30"}).status_code == 403


# ── conditions and judgement ────────────────────────────────────────────────────────────────────


def test_a_condition_is_noted_in_the_words_of_the_portal(enter: Any) -> None:
    client = enter(Role.OPERATOR)
    post(client, "/conditions", CONDITION)
    page = text_of(client.get("/conditions"))
    assert "Kondisi tidak normal · Gangguan suplai listrik" in page


def test_a_judgement_by_hand_leaves_the_readings_out(enter: Any, services: Services) -> None:
    post(enter(), "/judgements", FLAGGED)
    (one,) = services.quality.page(None, 5, "ipal-outlet", "ph", None, None).items
    assert (one.flag, one.reason, one.who) == (4, "sensor_in_air", "technician")


@pytest.mark.parametrize(("path", "form", "said"), [
    ("/conditions", CONDITION | {"start": "2026-12-01T08:00"}, "Waktunya di masa depan."),
    ("/conditions", CONDITION | {"category": "apa"}, "Tidak dikenal."),
    ("/judgements", FLAGGED | {"to": "2026-11-21T08:00"}, "Selesai harus sesudah mulai."),
    ("/judgements", FLAGGED | {"sensor": "x/y"}, "Tidak dikenal."),
])  # fmt: skip
def test_a_wrong_condition_is_told_at_its_field(enter: Any, path: str, form: dict[str, str], said: str) -> None:
    answer = post(enter(), path, form)
    assert (answer.status_code, said in text_of(answer), 'class="wrong"' in answer.text) == (422, True, True)


# ── laboratory ──────────────────────────────────────────────────────────────────────────────────


def sample(services: Services) -> Revision[Any]:
    return services.evidence.samples.page(None, None, 1).items[0]


def test_a_result_below_the_detection_limit_is_kept_as_such_and_judged(enter: Any, services: Services) -> None:
    client = enter(Role.OFFICER)
    post(client, "/laboratory", SAMPLE)
    (value,) = sample(services).record.values
    assert (value.operator, value.number) == (Operator.BELOW, 0.0033)
    assert "memenuhi" in text_of(client.get("/laboratory"))


def test_a_result_above_the_limit_is_told(enter: Any) -> None:
    client = enter(Role.OFFICER)
    post(client, "/laboratory", SAMPLE | {"value_cod": "900"})
    assert "melebihi baku mutu" in text_of(client.get("/laboratory"))


def test_the_file_of_the_laboratory_is_kept_and_given_back(enter: Any, services: Services) -> None:
    client = enter(Role.OFFICER)
    post(client, "/laboratory", SAMPLE, files={"lhu": ("lhu.pdf", b"%PDF-1.7 hasil", "application/pdf")})
    given = client.get(f"/records/files/{sample(services).record.file}")
    assert given.content == b"%PDF-1.7 hasil"
    assert given.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(("change", "said"), [
    ({"value_cod": "1.234"}, "Bisa berarti 1234 atau 1,234."),
    ({"value_cod": "ttd"}, "“ttd” tidak memuat angka."),
    ({"value_cod": "banyak"}, "Bukan angka."),
    ({"value_cod": "84 liter"}, "Satuan di belakang angka tidak dikenal."),
    ({"value_cod": ""}, "Isi paling sedikit satu hasil."),
    ({"sampled_at": "2027-01-01T09:00"}, "Waktunya di masa depan."),
    ({"analysed_on": "2026-11-01"}, "Sebelum tanggal pengambilan contoh."),
])  # fmt: skip
def test_a_wrong_sample_is_told_and_nothing_typed_is_lost(enter: Any, change: dict[str, str], said: str) -> None:
    answer = post(enter(Role.OFFICER), "/laboratory", SAMPLE | change)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert 'value="LHU-7"' in answer.text


def test_a_file_of_the_wrong_type_is_told_and_the_results_stay(enter: Any) -> None:
    client = enter(Role.OFFICER)
    answer = post(client, "/laboratory", SAMPLE, files={"lhu": ("lhu.pdf", b"MZ program", "application/pdf")})
    assert "Berkas harus PDF, JPEG atau PNG, dilihat dari isinya" in text_of(answer)
    assert "&lt;0,0033" in answer.text


def test_a_pasted_sheet_is_read_line_by_line(enter: Any, services: Services) -> None:
    sheet = "COD*; 84; mg/L; SNI 6989.2:2019\npH\t7,2\tpH\n"
    post(enter(Role.OFFICER), "/laboratory", SAMPLE | {"value_cod": "", "sheet": sheet})
    values = {one.metric: (one.number, one.unit, one.method) for one in sample(services).record.values}
    assert values == {"cod": (84.0, "mg/L", "SNI 6989.2:2019"), "ph": (7.2, "pH", "")}


# ── logbook ─────────────────────────────────────────────────────────────────────────────────────


def test_what_sensors_know_is_filled_in_and_marked_as_theirs(enter: Any, services: Services) -> None:
    all_well(services, minutes=120)
    client = enter(Role.OPERATOR)
    page = client.get("/logbook?site=batik&day=2026-11-21&shift=pagi")
    found = re.search(r'name="ph_outlet" type="text" value="([^"]+)"', page.text)
    assert found
    post(client, "/logbook", SHIFT | {"ph_outlet": found[1], "ph_inlet": "6,9"})
    entry = services.evidence.entries.page(None, None, 1).items[0].record
    assert (entry.ph_outlet.source, entry.ph_outlet.device, entry.ph_inlet.source) == (
        "sensor", "ipal-outlet", "person",
    )  # fmt: skip
    assert 0 < entry.ph_outlet.coverage < 1
    name = services.registry.device("ipal-outlet").name.id
    assert f"(sensor {name}, " in text_of(client.get("/logbook"))


@pytest.mark.parametrize(("change", "said"), [
    ({"ph_inlet": "15"}, "Harus di antara 0 dan 14."), ({"energy": "banyak"}, "Bukan angka."),
    ({"amount_0": "4"}, "Harus diisi."), ({"shift": "x"}, "Tidak dikenal."),
])  # fmt: skip
def test_a_wrong_entry_is_told(enter: Any, change: dict[str, str], said: str) -> None:
    answer = post(enter(Role.OPERATOR), "/logbook", SHIFT | change)
    assert (answer.status_code, said in text_of(answer) or change.get("shift") == "x") == (422, True)


def test_an_officer_signs_and_a_later_change_leaves_the_signature_with_the_earlier(
    enter: Any, services: Services, clock: MovedClock
) -> None:
    operator = enter(Role.OPERATOR)
    post(operator, "/logbook", SHIFT)
    clock.move(18 * 3600)
    operator, officer = enter(Role.OPERATOR), enter(Role.OFFICER)
    post(officer, "/logbook/sign", {"site": "batik", "day": "2026-11-21", "seen": "batik/2026-11-21/pagi:1"})
    assert "sesuai isi sekarang" in text_of(officer.get("/logbook?day=2026-11-21"))
    one = services.evidence.entries.page(None, None, 1).items[0]
    post(operator, "/logbook", SHIFT | {"notes": "bau", "edit": one.id, "revision": "1", "why": "lupa"})
    page = text_of(officer.get("/logbook?day=2026-11-21"))
    assert "diubah setelah ditandatangani: Pagi" in page
    assert "untuk revisi sebelumnya" in page
    assert "Tanda tangani hari ini" in page


def test_nobody_signs_an_empty_day(enter: Any) -> None:
    answer = post(enter(Role.OFFICER), "/logbook/sign", {"site": "batik", "day": "2026-11-20"})
    assert (answer.status_code, "Belum ada yang ditulis" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TECHNICIAN])
def test_only_officers_sign(enter: Any, role: Role) -> None:
    assert post(enter(role), "/logbook/sign", {"site": "batik", "day": "2026-11-21"}).status_code == 403


# ── water and production ────────────────────────────────────────────────────────────────────────


def test_production_is_noted_and_shown(enter: Any) -> None:
    client = enter(Role.OPERATOR)
    post(client, "/water", OF_DAY)
    assert "20/11/2026 · Produksi (ton) 1,25 t" in text_of(client.get("/water"))


@pytest.mark.parametrize(("change", "said"), [
    ({"tons": "-1"}, "Tidak boleh negatif."), ({"pieces": "1,5"}, "Harus bilangan bulat."),
    ({"day": "2026-12-24"}, "Waktunya di masa depan."), ({"tons": "", "pieces": ""}, "Isi ton, potong"),
    ({"hours": "25"}, "Sehari hanya 24 jam."),
])  # fmt: skip
def test_wrong_production_is_told(enter: Any, change: dict[str, str], said: str) -> None:
    answer = post(enter(Role.OPERATOR), "/water", OF_DAY | change)
    assert (answer.status_code, said in text_of(answer)) == (422, True)


def test_a_day_without_readings_shows_no_volume(enter: Any) -> None:
    page = text_of(enter().get("/water"))
    assert re.search(r"20/11/2026 – – – – – –", page), page

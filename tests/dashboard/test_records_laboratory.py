"""The laboratory page: errors by row, line and column; a sample is entered once; files; what each ton comes to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.account import Role
from domain.services import Services
from support.pages import csrf_of, text_of

SAMPLE = {
    "point": "titik-penaatan-outlet",
    "code": "LHU-7",
    "laboratory": "Lab DLH",
    "sampled_at": "2026-11-20T09:00",
}
COD = SAMPLE | {"value_cod": "84"}


def post(client: Any, form: dict[str, str], path: str = "/laboratory", **more: Any) -> Any:
    return client.post(path, data=form | {"csrf": csrf_of(client)}, **more)


def marked(answer: Any, name: str) -> str:
    """What is said at a field of the form; empty where nothing is."""
    field = re.search(rf'name="{name}".*?(?:</td>|</label>)', answer.text, re.DOTALL)
    said = re.search(r'class="wrong"[^>]*>([^<]*)', field[0]) if field else None
    return said[1] if said else ""


def test_a_negative_result_marks_its_own_row(enter: Any) -> None:
    answer = post(enter(Role.OFFICER), COD | {"value_tss": "-4"})
    assert (marked(answer, "value_tss"), marked(answer, "value_cod")) == ("Tidak boleh negatif.", "")


def test_a_ph_beyond_its_scale_marks_its_own_row(enter: Any) -> None:
    answer = post(enter(Role.OFFICER), COD | {"value_ph": "72"})
    assert marked(answer, "value_ph") == "Harus di antara 0 dan 14."


@pytest.mark.parametrize(("line", "said"), [
    ("Apa; 4; mg/L", "Baris 2, kolom 1 (parameter): Parameter “Apa” tidak ada di baku mutu mana pun."),
    ("COD; ttd; mg/L", "Baris 2, kolom 2 (hasil): “ttd” tidak memuat angka."),
    ("COD; -4; mg/L", "Baris 2, kolom 2 (hasil): Tidak boleh negatif."),
    ("COD; 84", "Baris 2, kolom 3 (satuan): Harus diisi."),
    ("pH; 7,3; pH", "Baris 2, kolom 1 (parameter): Parameter ini ditulis dua kali."),
])  # fmt: skip
def test_a_wrong_cell_of_a_pasted_sheet_is_told_by_line_and_column(enter: Any, line: str, said: str) -> None:
    answer = post(enter(Role.OFFICER), SAMPLE | {"sheet": f"pH; 7,2; pH\n{line}"})
    assert said in marked(answer, "sheet")


def test_a_unit_behind_the_result_is_kept_and_judged_by_it(enter: Any, services: Services) -> None:
    client = enter(Role.OFFICER)
    post(client, SAMPLE | {"value_cod": "900 ug/L"})
    assert services.evidence.samples.page(None, None, 1).items[0].record.values[0].unit == "ug/L"
    assert "satuan berbeda, tidak dinilai" in text_of(client.get("/laboratory"))


def test_the_same_code_of_the_same_laboratory_is_refused_with_a_link_to_the_first(
    enter: Any, services: Services
) -> None:
    client = enter(Role.OFFICER)
    post(client, COD)
    first = services.evidence.samples.page(None, None, 1).items[0].id
    answer = post(client, COD | {"code": " lhu-7", "sampled_at": "2026-11-21T09:00"})
    assert (answer.status_code, marked(answer, "code")) == (
        422,
        "Contoh uji LHU-7, Lab DLH sudah dimasukkan. Koreksi yang sudah ada.",
    )
    assert f'href="/laboratory?edit={first}"' in answer.text


def test_another_laboratory_may_use_the_same_code(enter: Any, services: Services) -> None:
    client = enter(Role.OFFICER)
    post(client, COD)
    assert post(client, COD | {"laboratory": "Lab Surabaya"}).status_code == 303


def test_a_sample_is_corrected_under_its_own_code(enter: Any, services: Services) -> None:
    client = enter(Role.OFFICER)
    post(client, COD)
    one = services.evidence.samples.page(None, None, 1).items[0]
    form = COD | {"edit": one.id, "revision": "1", "why": "salah ketik", "value_cod": "85"}
    assert post(client, form).status_code == 303


def test_a_result_below_a_detection_limit_above_the_limit_cannot_be_judged(enter: Any) -> None:
    client = enter(Role.OFFICER)
    post(client, SAMPLE | {"value_cod": "<900"})
    assert "tidak dapat dinilai" in text_of(client.get("/laboratory"))


def test_the_fields_of_lampiran_xlviii_stand_on_the_page_with_load_and_quantity(enter: Any) -> None:
    client = enter(Role.OFFICER)
    noted = {
        "report_number": "LHU-1124/XI/2026", "accreditation": "LP-123-IDN", "location": "Bak outlet",
        "coordinates": "7,47 LS", "sampler": "Rini", "sampling": "grab", "received_on": "2026-11-20",
        "analysed_on": "2026-11-21", "flow": "0,0025", "production_hours": "8", "raw_material": "1,1",
        "production": "0,9",
    }  # fmt: skip
    post(client, COD | noted | {"method_cod": "SNI 6989.2:2019"})
    said = text_of(client.get("/laboratory"))
    typed = (
        noted["report_number"],
        "LP-123-IDN",
        "Bak outlet",
        "7,47 LS",
        "Rini",
        "Sesaat (grab)",
        "SNI 6989.2:2019",
    )
    computed = ("20/11/2026", "21/11/2026", "0,0025 m³/s", "8 jam", "80 m³/ton", "6,72")
    assert [one for one in (*typed, *computed) if one not in said] == []


def test_a_file_that_was_never_kept_is_refused(enter: Any) -> None:
    assert post(enter(Role.OFFICER), COD | {"file": "0" * 64}).status_code == 422


# ── files of a condition ────────────────────────────────────────────────────────────────────────

CONDITION = {"place": "batik", "category": "power_cut", "start": "2026-11-21T08:00", "stop": "2026-11-21T09:00"}


def test_files_of_a_condition_are_kept_listed_and_added_to(enter: Any, services: Services) -> None:
    client = enter(Role.OPERATOR)
    post(client, CONDITION, "/conditions", files=[("attached", ("surat.pdf", b"%PDF-1.7 a", "application/pdf"))])
    one = services.evidence.conditions.page(None, None, 1).items[0]
    assert "surat.pdf" in text_of(client.get("/conditions"))
    form = CONDITION | {"edit": one.id, "revision": "1", "why": "foto", "kept": one.record.files[0]}
    post(client, form, "/conditions", files=[("attached", ("foto.png", b"\x89PNG\r\n\x1a\n1", "image/png"))])
    assert len(services.evidence.conditions.get(one.id).record.files) == 2


@pytest.mark.parametrize(("content", "said"), [
    (b"PK\x03\x04 word", "Berkas harus PDF, JPEG atau PNG, dilihat dari isinya, bukan namanya."),
    (b"", "Berkas kosong."),
])  # fmt: skip
def test_a_file_of_another_kind_is_told_at_its_field(enter: Any, content: bytes, said: str) -> None:
    files = [("attached", ("surat.pdf", content, "application/pdf"))]
    answer = post(enter(Role.OPERATOR), CONDITION, "/conditions", files=files)
    assert (answer.status_code, said in marked(answer, "attached")) == (422, True)

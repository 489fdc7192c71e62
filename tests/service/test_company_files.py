"""The company in the installation's files: applied once, exported, and never silently over an edit of the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.company import Company, CompanyOf
from domain.errors import ConfigurationError
from domain.evidence import Revision
from service.cli import main
from service.clock import now
from service.company_files import EXAMPLE, file_example_company
from service.doctor import examine
from service.installation import check_installation, read_installation, write_installation
from service.options import opened
from service.settings import load

FILES = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
NAMES = [str(path) for path in FILES]
COMPANY = """
[[companies]]
site = "batik"
name = "UPT Contoh"

[[companies.permits]]
kind = "technical_approval"
number = "1/CONTOH"
valid_until = 2030-01-31

[[companies.signatories]]
role = "prepared"
name = "Siti"
"""
Command = Callable[..., int]
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def pantau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, working in an empty folder with the company in a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "company.toml").write_text(COMPANY, "utf-8")

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["pantau", *arguments, "--data-dir", "data"])
        return main()

    return run


def kept(folder: Path) -> Revision[CompanyOf]:
    """What stands."""
    with opened(None, folder / "data") as app:
        return app.services.evidence.company_of.get("batik")


def test_applied_twice_it_is_one_revision(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    pantau("apply", *NAMES, "company.toml", "--json")
    assert "companies/batik" in json.loads(capsys.readouterr().out)["added"]
    assert pantau("apply", "company.toml", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"added": [], "changed": [], "unchanged": 1, "overwritten": []}
    one = kept(tmp_path)
    assert (one.number, one.record.company.name, one.record.signatories[0].name) == (1, "UPT Contoh", "Siti")


def test_apply_says_whose_edit_of_the_page_it_replaces(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    pantau("apply", *NAMES, "company.toml")
    with opened(None, tmp_path / "data") as app:
        record = CompanyOf("batik", Company("UPT dari halaman"))
        app.services.evidence.company_of.correct("batik", 1, record, "petugas", "x", now())
    capsys.readouterr()
    assert pantau("apply", "company.toml") == 0
    captured = capsys.readouterr()
    said = " ".join((captured.out + captured.err).split())
    assert "companies/batik: revision 2, by petugas at" in said
    assert kept(tmp_path).record.company.name == "UPT Contoh"


def test_what_is_exported_is_read_back(pantau: Command, capsys: Capsys, tmp_path: Path) -> None:
    pantau("apply", *NAMES, "company.toml")
    assert pantau("export", "--output", "all.toml") == 0
    capsys.readouterr()
    pantau("apply", "all.toml", "--json")
    assert json.loads(capsys.readouterr().out)["changed"] == []
    assert read_installation([tmp_path / "all.toml"]).companies[0].permits[0].number == "1/CONTOH"


MISTAKES = {
    "an unseen character": (
        "UPT Contoh",
        "UPT\\u202e",
        "companies[0].name: holds a character that is not seen (U+202E",
    ),
    "an unknown kind": ("technical_approval", "pertek", "companies[0].permits[0].kind: pertek is none of"),
    "no day": ("2030-01-31", '"soon"', "companies[0].permits[0].valid_until: is not a day such as"),
    "an unknown role": ('"prepared"', '"chief"', "companies[0].signatories[0].role: chief is none of"),
    "an unknown key": ("number", "nomor", "companies[0].permits[0].nomor: unknown key"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_field_is_named_with_file_and_key(tmp_path: Path, mistake: str) -> None:
    before, after, said = MISTAKES[mistake]
    path = tmp_path / "company.toml"
    path.write_text(COMPANY.replace(before, after), "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_installation([path])
    (problem,) = refused.value.problems
    assert f"{problem.file}: {problem.key}: {problem.message}".startswith(f"{path}: {said}")


def test_a_company_given_twice_is_told(tmp_path: Path) -> None:
    path = tmp_path / "company.toml"
    path.write_text(COMPANY + COMPANY, "utf-8")
    with pytest.raises(ConfigurationError, match=r"companies\[1\]\.site: batik is given already"):
        read_installation([path])


def test_a_place_that_there_is_not_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "company.toml"
    path.write_text(COMPANY.replace('"batik"', '"batk"') + '[[companies.outlets]]\npoint = "x"\n', "utf-8")
    files = [*FILES, path]
    problems = [one for one in check_installation(read_installation(files), [], files) if "compan" in one.key]
    assert [(one.file, one.key) for one in problems] == [
        (str(path), "companies[0].site"),
        (str(path), "companies[0].outlets[0].point"),
    ]


def test_a_file_says_again_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "company.toml"
    path.write_text(COMPANY, "utf-8")
    found = read_installation([path])
    path.write_text(write_installation(found), "utf-8")
    assert read_installation([path]) == found


def test_the_demo_has_an_example_and_never_writes_over_another(pantau: Command, tmp_path: Path) -> None:
    pantau("apply", *NAMES)
    with opened(None, tmp_path / "data") as app:
        book = app.services.evidence.company_of
        file_example_company(book, now())
        assert "CONTOH" in book.get("batik").record.company.name
        book.correct("batik", 1, CompanyOf("batik", Company("UPT")), "petugas", "x", now())
        file_example_company(book, now())
        assert book.get("batik").record.company.name == "UPT"
    assert (EXAMPLE.permits, EXAMPLE.officer, EXAMPLE.phone) == ((), "", "")


def test_the_doctor_hints_at_what_is_not_filled_in(pantau: Command, tmp_path: Path) -> None:
    pantau("apply", *NAMES, "company.toml")
    found = {one.what: one for one in examine(load(None, data_dir=tmp_path / "data"))}["company of batik"]
    assert found.well
    assert found.found.startswith("not filled in: address, activity, coordinates")
    assert found.remedy == "fill in at /company?site=batik"

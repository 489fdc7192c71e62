"""What the documents say is so."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.registry import Installation
from domain.rule import LimitRule, NoDataRule
from service.installation import check_installation, read_installation

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"(?:\]\(|(?:src|href)=\")(?!https?:|#|mailto:)([^)#\"]+)(?:#[^)\"]*)?[)\"]")
RULES = {LimitRule.model_fields["kind"].default, NoDataRule.model_fields["kind"].default}


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def tracked() -> list[Path]:
    """Every file of the tree as git knows it, that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def first_cells(table_after: str, text: str) -> list[str]:
    """The names in backquotes in the first column of the table under a heading."""
    section = text.split(table_after, 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def blocks(name: str, language: str) -> list[str]:
    """The code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text("utf-8")) if not (document.parent / link).exists()]
    assert not broken


def test_the_readme_lists_the_packages_there_are() -> None:
    packages = {file.parent.name for file in tracked() if file.name == "__init__.py" and file.parent.parent == ROOT}
    assert set(first_cells("## Packages", text_of("README.md"))) == packages - {"bench", "docs"}


def test_the_layout_equals_the_tree() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in tracked() if file.parent != ROOT}
    layout = first_cells("## The layout", text_of("docs/architecture.md"))
    assert set(layout) == {folder for folder in folders if not folder.startswith(".")}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_every_make_command_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake (?:-C \S+ )?([a-z-]+)\b(?= |$|`|\")", command_text(name))) <= targets


def command_text(name: str) -> str:
    """Indented blocks and inline code: what a reader would type."""
    text = text_of(name)
    return "\n".join(re.findall(r"^ {4}(.+)$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text))


def test_the_device_of_the_readme_loads(tmp_path: Path) -> None:
    file = tmp_path / "my-plant.toml"
    file.write_text(blocks("README.md", "toml")[0], "utf-8")
    installation = read_installation([file])
    assert [device.id for device in installation.devices] == ["outlet-1"]
    assert not check_installation(installation, Catalogue.load().names())


def test_the_topic_and_message_of_the_readme_become_readings(tmp_path: Path) -> None:
    from device_profiles.interpreter import Interpreter
    from domain.message import Message

    file = tmp_path / "my-plant.toml"
    file.write_text(blocks("README.md", "toml")[0], "utf-8")
    installation = read_installation([file])
    topic, payload = re.findall(r"-t (\S+) -m '([^']+)'", text_of("README.md"))[0]
    interpreter = Interpreter(Catalogue.load(), installation.devices, installation.sites)
    outcome = interpreter.interpret(Message(topic, payload.encode(), 1_763_706_600_000))
    assert {reading.series.metric: reading.value for reading in outcome.readings} == {"ph": 7.2, "temperature": 29.4}


def test_every_example_loads() -> None:
    installation: Installation = read_installation(sorted((ROOT / "examples/mojokerto").glob("*.toml")))
    assert not check_installation(installation, Catalogue.load().names())


def test_every_built_in_profile_is_described() -> None:
    missing = [name for name in Catalogue.load().names() if f"`{name}`" not in text_of("docs/device-profiles.md")]
    assert not missing


def test_every_kind_of_rule_is_described() -> None:
    missing = [kind for kind in RULES if f"`{kind}`" not in text_of("docs/alert-rules.md")]
    assert not missing


def test_versions_agree() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.search(r"^## \[(\d[^]]*)\]", text_of("CHANGELOG.md"), re.MULTILINE)[1] == version  # type: ignore[index]
    assert f"image: pantau:{version}\n" in text_of("docker-compose.yml")


def test_contributing_stays_short() -> None:
    assert len(text_of("CONTRIBUTING.md").splitlines()) < 60


def test_no_package_registry_is_named_anywhere() -> None:
    """Mirrors differ from place to place; an address in the tree would bypass them."""
    hosts = [".".join(parts) for parts in (
        ("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("crates", "io"), ("proxy", "golang"),
        ("repo1", "maven"), ("deb", "debian"),
    )]  # fmt: skip
    pattern = re.compile("|".join(re.escape(host) for host in hosts).encode())
    assert not [str(file.relative_to(ROOT)) for file in tracked() if pattern.search(file.read_bytes())]


@pytest.mark.parametrize("group", ["condition", "quality", "machine_state", "alert_state"])
def test_the_guide_explains_the_words_on_the_pages(group: str) -> None:
    words = tomllib.loads(text_of("dashboard/locale/id.toml"))[group]
    guide = text_of("docs/panduan-teknisi.md")
    assert not [word for key, word in words.items() if word not in guide]

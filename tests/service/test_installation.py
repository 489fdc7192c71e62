"""The installation's files: every mistake is told with its file, its key and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError
from domain.registry import Installation
from service.installation import check_installation, read_installation, write_installation
from support.installations import BATIK, SMALL

EXAMPLE = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
PROFILES = ["house-ipal-outlet", "house-ipal-inlet", "house-tank"]
SITE = '[[sites]]\nid = "batik"\nkind = "ipal"\nname = { id = "a", en = "b" }\n'
NAME = 'name = { id = "a", en = "b" }\n'
TANK = '[[devices]]\nid = "tank"\nsite = "batik"\nstage = "aerob"\nprofile = "house-tank"\n' + NAME
RULE = '[[rules]]\nkind = "limit"\nid = "r"\nname = { id = "a", en = "b" }\naction = { id = "a", en = "b" }\n'


def written(folder: Path, text: str, name: str = "plant.toml") -> Path:
    """A file of the installation."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def told(*paths: Path) -> list[str]:
    """What is said of files that do not read, without their folder."""
    with pytest.raises(ConfigurationError) as refused:
        read_installation(paths)
    return [f"{Path(problem.file).name}: {problem.key}: {problem.message}" for problem in refused.value.problems]


def test_several_files_become_one_installation(tmp_path: Path) -> None:
    found = read_installation([written(tmp_path, SITE), written(tmp_path, TANK, "tanks.toml")])
    assert ([site.id for site in found.sites], [device.id for device in found.devices]) == (["batik"], ["tank"])


def test_no_files_are_an_empty_installation() -> None:
    assert read_installation([]) == Installation()


MISTAKES = {
    "one language": (
        SITE.replace('{ id = "a", en = "b" }', '"a"'),
        'sites[0].name: write both languages: { id = "…", en = "…" }',
    ),
    "no table": (
        '[[rotas]]\nid = "r"\n' + NAME + 'turns = ["budi"]',
        "rotas[0].turns[0]: write a table with contact, s",
    ),
    "empty list": ('[[rotas]]\nid = "r"\n' + NAME + "turns = []", "rotas[0].turns: must not be empty"),
    "unknown key": (TANK + 'profil = "x"', "devices[0].profil: unknown key; did you mean profile?"),
    "unknown list": ("[[device]]\nid = 1", "device: unknown key; did you mean devices?"),
    "bad id": (
        SITE.replace("batik", "Batik Baru"),
        "sites[0].id: 'Batik Baru' cannot be a name here; write lower-case",
    ),
    "bad choice": (
        SITE.replace("ipal", "ipla"),
        "sites[0].kind: ipla is none of 'ipal' or 'machines'; did you mean ipal?",
    ),
    "bad rule kind": (
        RULE.replace("limit", "limt"),
        "rules[0].kind: limt is none of 'limit', 'no_data', 'stuck', 'rate_of_change', 'quality', 'volume', "
        "'run_hours', 'state', 'system', 'composite'; did you mean limit?",
    ),
    "no rule kind": (
        RULE.replace('kind = "limit"\n', ""),
        "rules[0].kind: is missing; write one of composite, limit,",
    ),
    "key of a rule": (RULE + 'scope = { metrc = "ph" }', "rules[0].scope.metrc: unknown key; did you mean metric?"),
    "rule without bound": (RULE + 'scope = { metric = "ph" }', "rules[0]: a limit rule needs above, below or both"),
    "endless bound": (RULE + 'scope = { metric = "ph" }\nabove = inf', "rules[0].above: must be a finite number"),
    "not TOML": ('[[sites]]\nid = "batik\n', ": not TOML: Illegal character"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_key(tmp_path: Path, mistake: str) -> None:
    text, expected = MISTAKES[mistake]
    assert any(line.startswith(f"plant.toml: {expected}") for line in told(written(tmp_path, text)))


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, TANK.replace('site = "batik"\n', ""))
    assert told(path) == ["plant.toml: devices[0].site: is missing"]


def test_a_mistake_in_the_writing_keeps_its_line(tmp_path: Path) -> None:
    assert "line 2" in told(written(tmp_path, '[[sites]]\nid = "batik\n'))[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "none.toml") == ["none.toml: : No such file or directory"]


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plant.toml"
    path.write_bytes(b"# caf\xe9\n")
    assert told(path) == ["plant.toml: : not UTF-8 at byte 5; save the file as UTF-8"]


def test_the_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    first = written(tmp_path, SITE.replace("ipal", "x"))
    second = written(tmp_path, TANK + "a = 1\nb = 2", "tanks.toml")
    assert [line.split(":")[0] for line in told(first, second)] == ["plant.toml", "tanks.toml", "tanks.toml"]


def test_an_id_given_twice_is_told_with_both_places(tmp_path: Path) -> None:
    first, second = written(tmp_path, SITE + TANK), written(tmp_path, TANK, "tanks.toml")
    assert told(first, second) == [f"tanks.toml: devices[0].id: tank is given already in {first}: devices[0].id"]


def test_an_installation_that_holds_together_has_no_problem() -> None:
    assert check_installation(SMALL, PROFILES) == []


def test_an_unknown_profile_is_told_with_a_suggestion() -> None:
    (problem,) = check_installation(SMALL, ["house-ipal-outlet", "house-ipal-inlett"])
    assert problem.key == "devices[1].profile"
    assert problem.message == "there is no profile house-ipal-inlet; did you mean house-ipal-inlett? (in inlet)"


def test_a_reference_to_nothing_is_told_with_its_own_file_and_place(tmp_path: Path) -> None:
    files = [written(tmp_path, SITE), written(tmp_path, TANK, "tanks.toml")]
    (problem,) = check_installation(read_installation(files), PROFILES, files)
    assert (Path(problem.file).name, problem.key) == ("tanks.toml", "devices[0].stage")


def test_an_unknown_time_zone_is_told() -> None:
    moved = Installation(sites=(BATIK.model_copy(update={"timezone": "Asia/Jakrta"}),))
    (problem,) = check_installation(moved, PROFILES)
    assert problem.key == "sites[0].timezone"


def test_what_stands_in_the_registry_may_be_referred_to() -> None:
    more = Installation(devices=(SMALL.devices[0].model_copy(update={"id": "second"}),))
    assert check_installation(more, PROFILES, standing=SMALL) == []


def test_what_was_written_reads_back_as_the_same(tmp_path: Path) -> None:
    assert read_installation([written(tmp_path, write_installation(SMALL))]) == SMALL


def test_the_example_of_mojokerto_holds_together() -> None:
    assert check_installation(read_installation(EXAMPLE), Catalogue.load().names(), EXAMPLE) == []


def test_the_metrics_of_the_examples_rules_are_measured_where_they_watch() -> None:
    installation, catalogue = read_installation(EXAMPLE), Catalogue.load()
    measured = {
        (device.site, device.stage, device.id, metric.metric)
        for device in installation.devices
        for metric in catalogue.profile(device.profile).metrics
    }
    for rule in installation.rules:
        watched = (rule.scope.site, rule.scope.stage, rule.scope.device, rule.scope.metric)
        assert any(
            all(wanted in (None, found) for wanted, found in zip(watched, place, strict=True)) for place in measured
        ), rule.id


def test_a_list_whose_only_part_is_refused_is_not_said_to_be_empty(tmp_path: Path) -> None:
    hours = '[[schedules]]\nid = "s"\n' + NAME + 'hours = [{ start = "25:00", end = "06:00" }]'
    (line,) = told(written(tmp_path, hours))
    assert "schedules[0].hours[0].start" in line


def test_a_metric_that_no_profile_has_is_told_before_there_is_a_device(tmp_path: Path) -> None:
    file = written(tmp_path, RULE + 'scope = { metric = "phh" }\nabove = 9.0')
    catalogue = Catalogue.load()
    (problem,) = check_installation(read_installation([file]), catalogue.names(), [file], catalogue=catalogue)
    assert problem.message == "no profile has a metric phh; did you mean ph? (in r)"


def test_a_decimal_comma_is_told_with_the_point_to_write(tmp_path: Path) -> None:
    (line,) = told(written(tmp_path, RULE + "above = 3,5"))
    assert line.endswith("3,5 is written 3.5")

"""The catalogue: every profile there is, read from the built-in folder and the user's."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from pydantic import ValidationError

from device_profiles.advice import problems_of
from device_profiles.formats import FORMATS
from device_profiles.inheritance import Table, Unextendable, extended
from device_profiles.profile import Profile
from device_profiles.profile_metric import Metric
from device_profiles.topic import Template
from domain.errors import ConfigurationError, NotFound, Problem
from domain.metrics import ProfileInfo

BUILTIN = Path(__file__).parent / "builtin"


class Catalogue:
    """Profiles by name. Implements `domain.ports.ProfileBook`; made by `load`."""

    def __init__(self, profiles: dict[str, Profile]) -> None:
        self._profiles = dict(sorted(profiles.items()))
        self._infos = {name: profile.info() for name, profile in self._profiles.items()}

    @classmethod
    def load(cls, *folders: Path) -> Catalogue:
        """The built-in profiles and those of the folders, later ones over earlier ones where they say `replaces`.

        Raises ConfigurationError with every problem of every file.
        """
        reader = _Reader()
        for folder in dict.fromkeys((BUILTIN, *folders)):
            reader.read_folder(folder)
        if reader.problems:
            raise ConfigurationError(reader.problems)
        return cls(reader.profiles)

    def get(self, name: str) -> Profile:
        """One profile. Raises NotFound, with the nearest name."""
        found = self._profiles.get(name)
        if found is None:
            raise NotFound(f"there is no device profile {name!r}{suggestion(name, self.names())}")
        return found

    def names(self) -> list[str]:
        """All names, sorted."""
        return list(self._profiles)

    def profiles(self) -> list[ProfileInfo]:
        """All, by name, as people see them."""
        return list(self._infos.values())

    def profile(self, name: str) -> ProfileInfo:
        """One, as people see it. Raises NotFound."""
        return self._infos[self.get(name).name]


def suggestion(name: str, known: list[str]) -> str:
    """`; did you mean …?` where something is near, else nothing."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class _Reader:
    """Reads folders and keeps what it found wrong."""

    def __init__(self) -> None:
        self.profiles: dict[str, Profile] = {}
        self.files: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self._contents: dict[str, Table] = {}

    def read_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._problem(folder, "", "there is no such folder of device profiles")
            return
        contents = {file: self._content(file) for file in sorted(folder.glob("*.toml"))}
        replaced, self._contents = self._contents, self._contents | {f.stem: c for f, c in contents.items() if c}
        for file, content in contents.items():
            if content:
                own_base = content.get("extends") == file.stem  # replaces a profile and extends it at once
                self._read_profile(file, content, replaced if own_base else self._contents)

    def _content(self, file: Path) -> Table | None:
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._problem(file, "", f"is not TOML: {error}")
        except OSError as error:
            self._problem(file, "", f"cannot be read: {error.strerror}")
        return None

    def _read_profile(self, file: Path, content: Table, known: dict[str, Table]) -> None:
        try:
            profile = Profile.model_validate(extended(content, known))
        except Unextendable as error:
            near = suggestion(str(content.get("extends")), [name for name in known if name != file.stem])
            self._problem(file, "extends", f"{error}{near}")
        except ValidationError as error:
            self.problems += problems_of(error, Profile, str(file))
        else:
            self._check_topics(profile, file)
            self._keep(profile, file)

    def _keep(self, profile: Profile, file: Path) -> None:
        name, earlier = profile.name, self.files.get(profile.name)
        if name != file.stem:
            self._problem(file, "name", f"{name!r} is in a file of another name: call the file {name}.toml")
        elif earlier and not profile.replaces:
            self._problem(file, "name", f"{name!r} is already in {earlier}: set replaces = true to take its place")
        elif profile.replaces and not earlier:
            message = f"there is no {name!r} to take the place of{suggestion(name, list(self.profiles))}"
            self._problem(file, "replaces", message)
        else:
            self.profiles[name], self.files[name] = profile, file

    def _check_topics(self, profile: Profile, file: Path) -> None:
        for key, topic in profile.topics.items():
            if topic.same_as is not None and topic.same_as not in profile.topics:
                self._no_topic(f"topics.{key}.same_as", topic.same_as, profile, file)
            for other in topic.announced:
                if other not in profile.topics or profile.topics[other].announces is None:
                    self._no_topic(f"topics.{key}.announced", other, profile, file)
        for name, metric in profile.metrics.items():
            missing = [key for key in metric.topic if key not in profile.topics]
            for key in missing:
                self._no_topic(f"metrics.{name}.topic", key, profile, file)
            if not missing:
                templates = [profile.topics[key].template for key in profile.topics_of(name)]
                self._check_where(templates, name, metric, file)
                self._check_tags(profile, name, metric, file)

    def _no_topic(self, place: str, key: str, profile: Profile, file: Path) -> None:
        self._problem(file, place, f"no topic {key!r}{suggestion(key, list(profile.topics))}")

    def _check_tags(self, profile: Profile, name: str, metric: Metric, file: Path) -> None:
        spoken = [profile.topics[key].format for key in profile.topics_of(name)]
        if metric.tags and not any(FORMATS[known].tagged for known in spoken):
            message = f"there are no tags in {' or '.join(spoken)}, only in line"
            self._problem(file, f"metrics.{name}.tags", message)

    def _check_where(self, templates: list[Template], name: str, metric: Metric, file: Path) -> None:
        for placeholder in metric.where:
            known = [known for template in templates for known in template.placeholders]
            if placeholder not in known:
                near = suggestion(placeholder, known)
                message = f"the topic has no {{{placeholder}}}{near}"
                self._problem(file, f"metrics.{name}.where.{placeholder}", message)

    def _problem(self, file: Path, key: str, message: str) -> None:
        self.problems.append(Problem(str(file), key, message))

"""The catalogue: every profile there is, read from the built-in folder and the user's."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from pydantic import ValidationError

from device_profiles.advice import problems_of
from device_profiles.profile import Metric, Profile
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

    def read_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._problem(folder, "", "there is no such folder of device profiles")
            return
        for file in sorted(folder.glob("*.toml")):
            self._read_file(file)

    def _read_file(self, file: Path) -> None:
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            profile = Profile.model_validate(content)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._problem(file, "", f"is not TOML: {error}")
        except OSError as error:
            self._problem(file, "", f"cannot be read: {error.strerror}")
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
        for name, metric in profile.metrics.items():
            topic = profile.topics.get(profile.topic_of(name))
            if topic is None:
                message = f"no topic {metric.topic!r}{suggestion(str(metric.topic), list(profile.topics))}"
                self._problem(file, f"metrics.{name}.topic", message)
            else:
                self._check_where(topic.template, name, metric, file)

    def _check_where(self, template: Template, name: str, metric: Metric, file: Path) -> None:
        for placeholder in metric.where:
            if placeholder not in template.placeholders:
                near = suggestion(placeholder, list(template.placeholders))
                message = f"the topic has no {{{placeholder}}}{near}"
                self._problem(file, f"metrics.{name}.where.{placeholder}", message)

    def _problem(self, file: Path, key: str, message: str) -> None:
        self.problems.append(Problem(str(file), key, message))

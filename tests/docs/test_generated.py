"""Documents made from the code are as young as the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generate import FOLDER, documents, is_section, sections
from service.settings import Settings, setting_paths, variable_name


@pytest.mark.parametrize("name", documents())
def test_it_is_what_the_code_says(name: str) -> None:
    file: Path = FOLDER / name
    assert file.read_text("utf-8") == documents()[name](), "run `make docs`"


def test_every_setting_is_documented() -> None:
    text = (FOLDER / "configuration.md").read_text("utf-8")
    assert not [path for path in setting_paths() if f"`{variable_name(path)}`" not in text]


def undescribed() -> Iterator[str]:
    """Settings whose model says nothing of them."""
    for path, model in sections(Settings):
        for name, field in model.model_fields.items():
            if not is_section(field.annotation) and not field.description:
                yield ".".join((*path, name))


def test_every_setting_says_what_it_is() -> None:
    assert not list(undescribed())

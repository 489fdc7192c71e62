"""One collector in one data folder."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from service.roles import collecting
from service.settings import Settings
from service.wiring import Application, build
from support.servers import free_port


def application(folder: Path, stack: ExitStack) -> Application:
    """One whose broker is away."""
    return build(Settings.model_validate({"data_dir": folder, "mqtt": {"port": free_port()}}), stack)


def test_a_second_collector_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, second = application(tmp_path, stack), application(tmp_path, stack)
        with collecting(first), pytest.raises(ConfigurationError, match="another collector"), collecting(second):
            pass


def test_after_the_first_has_ended_another_may_collect(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            with collecting(application(tmp_path, stack)) as thread:
                assert thread.is_alive()

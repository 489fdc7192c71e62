"""What the page on quality says of the checks is what they do today."""

from __future__ import annotations

import re

import pytest

from bench.quality import DOCUMENT, document


@pytest.fixture(scope="module")
def written() -> str:
    return DOCUMENT.read_text("utf-8")


def test_the_figures_are_those_that_the_checks_make(written: str) -> None:
    assert document() == written, "run `make quality`"


def test_clean_stretches_have_fewer_than_one_false_mark_in_a_thousand(written: str) -> None:
    rows = written.split("### False marks on clean stretches")[1].split("###")[0]
    shares = [float(share) for share in re.findall(r"\| (\d+\.\d+) \|$", rows, re.MULTILINE)]
    assert len(shares) == 5
    assert max(shares) < 1.0

"""Settings of the connector, and answers and tokens on their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.sparing import PackageKind, Verdict
from reports.sparing.answer import judged
from reports.sparing.config import SparingConfig
from reports.sparing.package import payload
from reports.sparing.token import signed
from support.sparing_line import point
from support.sparing_ministry import checked


def test_it_is_off_and_knows_the_ministry() -> None:
    config = SparingConfig()
    assert (config.enabled, config.base_url) == (False, "https://sparing.kemenlh.go.id/api")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "http://sparing.kemenlh.go.id/api"}, "https"),
        ({"base_url": "https://user:x@sparing.kemenlh.go.id"}, "must be an address"),
        ({"enabled": True}, "without points"),
        ({"points": (point(), point())}, "two points have the same"),
        ({"form_timezone": "WIB"}, "not a time zone"),
        ({"mode": "daily"}, "hourly"),
        ({"secret": "x"}, "not permitted"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SparingConfig.model_validate(wrong)


RECORDS = st.lists(
    st.fixed_dictionaries({"datetime": st.integers(0, 2**33), "pH": st.floats(0, 14), "debit": st.floats(-1, 1e4)}),
    min_size=1,
    max_size=30,
)


@given(records=RECORDS, secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_every_token_is_read_back_by_the_letter(records: list[dict[str, float]], secret: str) -> None:
    claims = checked(signed(payload("UID", PackageKind.HOURLY, records), secret), secret)
    assert claims == {"uid": "UID", "data": records}


@given(body=st.binary(max_size=200), http=st.integers(200, 599))
def test_no_body_without_a_status_counts_as_delivered(body: bytes, http: int) -> None:
    assert judged(http, body, [1]).verdict in (Verdict.NOT_UNDERSTOOD, Verdict.HTTP_ERROR)


@pytest.mark.parametrize("status", ['"true"', "1", "null", "[true]"])
def test_only_the_word_true_is_success(status: str) -> None:
    assert not judged(200, f'{{"status": {status}}}'.encode(), [1]).verdict.delivered

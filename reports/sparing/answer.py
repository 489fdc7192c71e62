"""What the server's answer means. Only the body counts: an HTTP 200 with `status: false` is a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from domain.sparing import Verdict

DUPLICATE_WORD: Final = "duplikasi"
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S")
_ZONES: Final = (ZoneInfo("UTC"), ZoneInfo("Asia/Jakarta"))  # hours apart: only one can name a slot of a package


class Answer(msgspec.Struct, frozen=True):
    """One attempt as judged. `desc` is all the server said.

    `duplicates` are those of the sent slots that it named (Unix s).
    """

    verdict: Verdict
    http: int | None = None
    status: bool | None = None
    desc: str | None = None
    duplicates: tuple[int, ...] = ()
    fingerprint: str | None = None


def judged(http: int, body: bytes, sent: Sequence[int]) -> Answer:
    """The answer to a package whose records are the slots `sent` (Unix s)."""
    said = _object(body)
    if said is None or not isinstance(said.get("status"), bool):
        verdict = Verdict.NOT_UNDERSTOOD if http < 400 else Verdict.HTTP_ERROR
        return Answer(verdict, http, None, _shown(body.decode("utf-8", "replace")))
    desc = None if said.get("desc") is None else _shown(str(said["desc"]))
    if said["status"]:
        # a success that the transport calls an error is nobody's promise: tried again, a duplicate is understood
        return Answer(Verdict.ACCEPTED if http < 400 else Verdict.HTTP_ERROR, http, True, desc)
    if DUPLICATE_WORD in (desc or "").casefold():
        return _duplicate(http, desc, said.get("data"), sent)
    return Answer(Verdict.REFUSED if http < 500 else Verdict.HTTP_ERROR, http, False, desc)


def _duplicate(http: int, desc: str | None, named: Any, sent: Sequence[int]) -> Answer:
    """All of it where the server names every slot or none at all; where it names some, those only."""
    listed = named if isinstance(named, list) else []
    known = tuple(sorted(set(sent) & {slot for item in listed for slot in _slots(item)}))
    if not listed or len(known) == len(set(sent)):
        return Answer(Verdict.DUPLICATE, http, False, desc, tuple(sent))
    # names that fit no slot of ours say nothing of ours: a refusal like any other
    return Answer(Verdict.PARTLY_DUPLICATE if known else Verdict.REFUSED, http, False, desc, known)


def _slots(item: Any) -> list[int]:
    """What one name of a duplicate may mean: Unix seconds, or a written time in UTC or WIB."""
    if isinstance(item, dict):
        item = item.get("datetime")
    if isinstance(item, bool) or item is None:
        return []
    if isinstance(item, int | float) or str(item).isdecimal():
        return [int(item)]
    return [round(at.replace(tzinfo=zone).timestamp()) for at in _written(str(item)) for zone in _ZONES]


def _written(text: str) -> list[datetime]:
    for form in _FORMATS:
        try:
            return [datetime.strptime(text.strip()[:19], form)]  # noqa: DTZ007 - both zones are tried above
        except ValueError:
            continue
    return []


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _shown(text: str) -> str:
    return " ".join(text.split())

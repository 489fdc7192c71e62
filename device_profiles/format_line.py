"""Influx line protocol, as Telegraf writes it: `modbus,slave=3 ph=7.2,run=true 1676522982000000000`.

Written by hand: the parser on PyPI (line-protocol-parser 2.0) refuses a whole line for one field it cannot read,
and takes time that grows with the square of the tags.
https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt, with_resemblance
from domain.message import RejectReason

SHAPE: dict[str, Any] = {
    "items": [{"path": "fields", "id": "@key"}],
    "time": [{"path": "time", "format": "epoch"}],
}
"""Where the values stand in the documents made here: each field by its key, at the time of its line."""

_BLANK = re.compile(r"(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+[ \t\r]*+")
_MEASUREMENT = re.compile(r"((?:\\.|[^\\, \n])++)")
_TAG = re.compile(r",((?:\\.|[^\\,= \n])++)=((?:\\.|[^\\,= \n])++)")
_SPACE = re.compile(r" ++")
_FIELD = re.compile(
    r"((?:\\.|[^\\,= \n])++)=(?:\"(?P<text>(?:\\.|[^\\\"])*+)\"|(?P<bare>[^, \n\"]++))(?P<more>,?)", re.DOTALL
)
_END = re.compile(r"(?: ++([+-]?[0-9]{1,20}))?[ \t\r]*+(?:\n|\Z)")
_ESCAPED = re.compile(r"\\([,= ])")
_ESCAPED_TEXT = re.compile(r'\\(["\\])')
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}[iu]")
_FLOAT = re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_BOOLEAN = {
    **dict.fromkeys(("t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("f", "F", "false", "False", "FALSE"), False),
}


class _Broken(Exception):
    """What was expected, and where it was not found."""

    def __init__(self, expected: str, position: int) -> None:
        self.expected = expected
        self.position = position
        super().__init__(expected)


def decode(payload: bytes) -> Sequence[Document | Refused]:
    """One document a line: `measurement`, `tags`, `fields`, and `time` where it is given.

    A line that cannot be read is refused alone. A value that is none is kept as text, and judged with its metric.
    """
    text = _text(payload)
    documents: list[Document | Refused] = []
    position = _skip_blank(text, 0)
    while position < len(text):
        if len(documents) >= MAX_ITEMS:
            raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} lines in one message")
        try:
            document, position = _line(text, position)
            documents.append(document)
        except _Broken as broken:
            documents.append(_refused(text, position, broken))
            position = text.find("\n", position) + 1 or len(text)
        position = _skip_blank(text, position)
    return documents


def _text(payload: bytes) -> str:
    try:
        return payload.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0").decode()
    except UnicodeDecodeError:
        detail = f"not UTF-8: {excerpt(payload)}"
        raise Refused(RejectReason.BAD_ENCODING, with_resemblance(detail, payload)) from None


def _skip_blank(text: str, position: int) -> int:
    """Past empty lines and comments, to the first character of a line."""
    found = _BLANK.match(text, position)
    position = found.end() if found else position
    if text.startswith("#", position):  # a comment that no line break ends
        return len(text)
    return position


def _line(text: str, position: int) -> tuple[dict[str, Any], int]:
    found = _MEASUREMENT.match(text, position)
    if found is None:
        raise _Broken("a measurement", position)
    measurement, position = _plain(found[1]), found.end()
    tags: dict[str, str] = {}
    while tag := _TAG.match(text, position):
        tags[_plain(tag[1])] = _plain(tag[2])
        position = tag.end()
    space = _SPACE.match(text, position)
    if space is None:
        raise _Broken("a tag (,key=value) or a space before the fields", position)
    fields, position = _fields(text, space.end())
    end = _END.match(text, position)
    if end is None:
        raise _Broken("a whole number as the time, or the end of the line", position)
    document: dict[str, Any] = {"measurement": measurement, "tags": tags, "fields": fields}
    if end[1] is not None:
        document["time"] = int(end[1])
    return document, end.end()


def _fields(text: str, position: int) -> tuple[dict[str, Any], int]:
    fields: dict[str, Any] = {}
    while True:
        found = _FIELD.match(text, position)
        if found is None:
            raise _Broken("a field (key=value)", position)
        key, quoted = _plain(found[1]), found["text"]
        fields[key] = _value(found["bare"]) if quoted is None else _ESCAPED_TEXT.sub(r"\1", quoted)
        position = found.end()
        if not found["more"]:
            return fields, position


def _plain(written: str) -> str:
    return _ESCAPED.sub(r"\1", written) if "\\" in written else written


def _value(written: str) -> float | int | bool | str:
    """A float, an integer (`8i`, `8u`) or a boolean; anything else stays the text it is."""
    if _FLOAT.fullmatch(written):
        return float(written)
    if _INTEGER.fullmatch(written):
        return int(written[:-1])
    return _BOOLEAN.get(written.rstrip("\r"), written)


def _refused(text: str, start: int, broken: _Broken) -> Refused:
    number = text.count("\n", 0, start) + 1
    found = excerpt(text[broken.position : broken.position + 40])
    return Refused(RejectReason.BAD_PAYLOAD, f"line {number}: expected {broken.expected}, found {found}")

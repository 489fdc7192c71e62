"""The kinds of columns and indexes that the tables are made of, and the metadata they register in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key: Final = Text().with_variant(Text(collation="C"), "postgresql")
Millis: Final = BigInteger()
Number: Final = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts up by itself in SQLite

# spelled out: a partial index is not found through a parameter
NORMAL: Final[ColumnElement[str]] = literal_column("'normal'")
QUEUED: Final[ColumnElement[str]] = literal_column("'queued'")
EMPTY_STATE: Final[ColumnElement[str]] = literal_column("'empty'")
GIVEN_UP: Final[ColumnElement[str]] = literal_column("'given_up'")
FAILED: Final[ColumnElement[str]] = literal_column("'failed'")

ZERO: Final = text("0")  # what columns that came later hold in older rows
EMPTY: Final = text("''")
NEWS: Final = text("'news'")


def key(name: str, *, primary: bool = False, optional: bool = False) -> Column[str]:
    """A name that rows are found by; it compares by bytes."""
    return Column(name, Key, primary_key=primary, nullable=optional)


def words(name: str, *, optional: bool = False) -> Column[str]:
    """Text that nothing is looked up by."""
    return Column(name, Text, nullable=optional)


def millis(name: str, *, optional: bool = False) -> Column[int]:
    """A moment or a length of time in milliseconds, a moment in UTC."""
    return Column(name, Millis, nullable=optional)


def double(name: str) -> Column[float]:
    """A measured value; NULL where there is none."""
    return Column(name, Double, nullable=True)


def numbered() -> Column[int]:
    """The row's own number, counted up by the database."""
    return Column("id", Number, primary_key=True, autoincrement=True)


def noun(name: str, *columns: Column[str]) -> Table:
    """A noun of the registry; `position` keeps the order of the files."""
    position: Column[int] = Column("position", BigInteger, nullable=False)
    return Table(name, metadata, key("id", primary=True), position, *columns, words("document"))


def index(table: Table, name: str, *columns: str, where: ColumnElement[bool] | None = None) -> Index:
    """An index, on the rows of `where` only when that is given."""
    chosen = [table.c[column] for column in columns]
    if where is None:
        return Index(name, *chosen)
    return Index(name, *chosen, sqlite_where=where, postgresql_where=where)

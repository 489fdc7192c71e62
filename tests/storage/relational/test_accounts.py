"""Users, sessions, tokens."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.account import Role, Session, Token, User
from domain.errors import Conflict, Invalid, NotFound
from domain.text import Language
from storage.accounts import SqlAccounts
from storage.database import Database

NOON = 1_795_240_800_000
BUDI = User("budi", Role.TECHNICIAN, "$argon2id$…", Language.ID, True, NOON)
VISIT = Session("digest-1", "budi", "csrf", NOON, NOON + 1_000)
LOGGER = Token("logger", Role.VIEWER, "sha-1", NOON)


@pytest.fixture
def accounts(db: Database) -> SqlAccounts:
    return SqlAccounts(db)


def test_a_user_comes_back_as_saved(accounts: SqlAccounts) -> None:
    accounts.save_user(BUDI)
    assert accounts.user("budi") == BUDI


def test_an_unknown_user_is_not_found(accounts: SqlAccounts) -> None:
    with pytest.raises(NotFound):
        accounts.user("nobody")


def test_saving_again_replaces(accounts: SqlAccounts) -> None:
    changed = replace(BUDI, role=Role.OFFICER, language=Language.EN, active=False)
    accounts.save_user(BUDI)
    accounts.save_user(changed)
    assert accounts.users() == [changed]


def test_users_are_listed_by_name(accounts: SqlAccounts) -> None:
    for name in ("sari", "Budi", "agus"):
        accounts.save_user(replace(BUDI, name=name))
    assert [user.name for user in accounts.users()] == ["Budi", "agus", "sari"]


def test_a_session_is_remembered_until_it_expires(accounts: SqlAccounts) -> None:
    accounts.add_session(VISIT)
    assert (accounts.session("digest-1", NOON + 999), accounts.session("digest-1", NOON + 1_000)) == (VISIT, None)


def test_an_unknown_session_is_none(accounts: SqlAccounts) -> None:
    assert accounts.session("nothing", NOON) is None


def test_an_ended_session_is_forgotten(accounts: SqlAccounts) -> None:
    accounts.add_session(VISIT)
    accounts.end_session("digest-1")
    accounts.end_session("digest-1")
    assert accounts.session("digest-1", NOON) is None


def test_expired_sessions_are_cleared_away_when_one_begins(accounts: SqlAccounts) -> None:
    accounts.add_session(VISIT)
    accounts.add_session(replace(VISIT, digest="digest-2", created_at=NOON + 2_000, expires_at=NOON + 9_000))
    assert accounts.session("digest-1", NOON) is None


def test_a_token_is_found_by_its_digest(accounts: SqlAccounts) -> None:
    accounts.add_token(LOGGER)
    assert (accounts.token("sha-1"), accounts.token("sha-2")) == (LOGGER, None)


def test_a_token_name_is_given_once(accounts: SqlAccounts) -> None:
    accounts.add_token(LOGGER)
    with pytest.raises(Conflict, match="logger"):
        accounts.add_token(replace(LOGGER, digest="sha-2"))


def test_the_name_of_a_revoked_token_stays_taken(accounts: SqlAccounts) -> None:
    accounts.add_token(LOGGER)
    accounts.revoke_token("logger", NOON + 1)
    with pytest.raises(Conflict) as conflict:
        accounts.add_token(replace(LOGGER, digest="sha-2"))
    assert conflict.value.present == "revoked"


def test_a_revoked_token_opens_nothing_and_stays_listed(accounts: SqlAccounts) -> None:
    accounts.add_token(LOGGER)
    accounts.revoke_token("logger", NOON + 1)
    accounts.revoke_token("logger", NOON + 2)
    assert (accounts.token("sha-1"), accounts.tokens()) == (None, [replace(LOGGER, revoked_at=NOON + 1)])


def test_revoking_an_unknown_token_is_not_found(accounts: SqlAccounts) -> None:
    with pytest.raises(NotFound):
        accounts.revoke_token("nothing", NOON)


@pytest.mark.parametrize("name", ["a\ud800b"])
def test_a_name_that_cannot_be_stored_is_invalid(accounts: SqlAccounts, name: str) -> None:
    with pytest.raises(Invalid):
        accounts.save_user(replace(BUDI, name=name))

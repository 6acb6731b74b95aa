"""A token opens the API for one person until it expires, is revoked or the person leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.staff import operations, tokens
from ledger.staff.errors import TokenMissing
from ledger.staff.models import ApiToken, Staff
from ledger.staff.queries import actor_for


def test_a_token_names_its_person_until_it_expires(session: Session, clock: MovedClock, li: Staff) -> None:
    issued = tokens.issue_token(session, actor_for(session, li.id, clock), clock, name="脚本", days=30)
    assert tokens.staff_of_token(session, clock, issued.secret) == li.id
    clock.advance(timedelta(days=30))
    assert tokens.staff_of_token(session, clock, issued.secret) is None


def test_only_the_hash_is_kept(session: Session, clock: MovedClock, li: Staff) -> None:
    issued = tokens.issue_token(session, actor_for(session, li.id, clock), clock, name="脚本")
    row = session.scalars(select(ApiToken)).one()
    assert issued.secret not in (row.token_hash, row.name)
    assert tokens.staff_of_token(session, clock, row.token_hash) is None
    assert tokens.staff_of_token(session, clock, issued.secret + "x") is None


def test_a_revoked_token_opens_nothing(session: Session, clock: MovedClock, li: Staff, admin: Actor) -> None:
    actor = actor_for(session, li.id, clock)
    issued = tokens.issue_token(session, actor, clock, name="脚本", days=None)
    with pytest.raises(TokenMissing):
        tokens.revoke_token(session, admin, clock, token_id=issued.id)
    tokens.revoke_token(session, actor, clock, token_id=issued.id)
    assert tokens.staff_of_token(session, clock, issued.secret) is None
    assert [token.id for token in tokens.list_tokens(session, actor)] == [issued.id]


def test_a_leavers_token_opens_nothing(session: Session, clock: MovedClock, li: Staff, admin: Actor) -> None:
    issued = tokens.issue_token(session, actor_for(session, li.id, clock), clock, name="脚本")
    operations.deactivate_staff(session, admin, clock, staff_id=li.id, reason="离职")
    assert tokens.staff_of_token(session, clock, issued.secret) is None


def test_who_may_not_use_the_api_gets_no_token(
    session: Session, clock: MovedClock, actor_with: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        tokens.issue_token(session, actor_with("units:view"), clock, name="脚本")

"""Signing in: the right password opens, wrong ones make a guesser wait longer and longer."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.staff import operations
from ledger.staff.errors import PasswordRefused
from ledger.staff.models import Staff
from ledger.staff.passwords import wait_after
from ledger.staff.queries import actor_for, get_account
from ledger.staff.sign_in import SignInRefused, StaffSignIn, change_password, sign_in

PASSWORD = "a long sentence"


def enter(
    session: Session, clock: MovedClock, password: str, username: str = "li.na"
) -> StaffSignIn | SignInRefused:
    return sign_in(session, clock, username=username, password=password)


def test_the_right_password_signs_in(session: Session, clock: MovedClock, li: Staff) -> None:
    answer = enter(session, clock, PASSWORD, " Li.Na ")
    assert answer == StaffSignIn(li.id, "李娜", "zh", False, 0)


def test_a_wrong_name_and_a_wrong_password_look_alike(session: Session, clock: MovedClock, li: Staff) -> None:
    assert enter(session, clock, "wrong") == enter(session, clock, PASSWORD, "nobody") == SignInRefused("wrong")


def test_wrong_passwords_lock_the_account_and_time_opens_it(
    session: Session, clock: MovedClock, li: Staff
) -> None:
    refusals = [enter(session, clock, "wrong") for _ in range(5)]
    assert [answer.reason for answer in refusals] == ["wrong"] * 4 + ["locked"]
    locked = enter(session, clock, PASSWORD)
    assert locked == SignInRefused("locked", clock.now() + timedelta(seconds=30))
    clock.advance(timedelta(seconds=30))
    assert isinstance(enter(session, clock, PASSWORD), StaffSignIn)
    assert enter(session, clock, "wrong") == SignInRefused("wrong"), "the count begins anew"


def test_each_further_failure_doubles_the_wait_up_to_an_hour(
    session: Session, clock: MovedClock, li: Staff
) -> None:
    assert [wait_after(count) for count in (4, 5, 6, 8)] == [
        None,
        timedelta(seconds=30),
        timedelta(seconds=60),
        timedelta(seconds=240),
    ]
    assert wait_after(1000) == timedelta(hours=1)
    for _ in range(6):
        enter(session, clock, "wrong")
        clock.advance(timedelta(hours=1))
    assert li.failed_attempts == 6
    assert li.locked_until == clock.now() - timedelta(hours=1) + timedelta(seconds=60)


def test_a_reset_password_must_be_changed(session: Session, admin: Actor, clock: MovedClock, li: Staff) -> None:
    for _ in range(5):
        enter(session, clock, "wrong")
    temporary = operations.reset_password(session, admin, clock, staff_id=li.id)
    answer = enter(session, clock, temporary)
    assert isinstance(answer, StaffSignIn) and answer.must_change_password
    assert enter(session, clock, PASSWORD) == SignInRefused("wrong")
    change_password(session, actor_for(session, li.id, clock), clock, old=temporary, new="another sentence")
    answer = enter(session, clock, "another sentence")
    assert isinstance(answer, StaffSignIn) and not answer.must_change_password


def test_a_new_password_ends_the_other_sign_ins(session: Session, clock: MovedClock, li: Staff) -> None:
    before = enter(session, clock, PASSWORD)
    change_password(session, actor_for(session, li.id, clock), clock, old=PASSWORD, new="another sentence")
    account = get_account(session, li.id)
    assert isinstance(before, StaffSignIn) and account is not None and account.sign_in_epoch != before.epoch


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("wrong", "another sentence", "password_wrong", "old"),
        (PASSWORD, "short", "password_too_short", "new"),
        (PASSWORD, "aaaaaaaaaaaa", "password_too_simple", "new"),
        (PASSWORD, "my LI.NA password", "password_too_simple", "new"),
        (PASSWORD, PASSWORD, "password_unchanged", "new"),
    ],
)
def test_a_poor_change_is_refused_by_field(
    session: Session, clock: MovedClock, li: Staff, old: str, new: str, code: str, field: str
) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        change_password(session, actor_for(session, li.id, clock), clock, old=old, new=new)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert isinstance(enter(session, clock, PASSWORD), StaffSignIn)


def test_a_password_is_never_stored_readable(session: Session, clock: MovedClock, li: Staff) -> None:
    assert li.password_hash.startswith("$argon2id$") and PASSWORD not in li.password_hash
    assert b"13812345678" not in (li.phone_sealed or b"")

"""Parameters are set at a node from a date on and inherited downwards."""

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.organisation import operations
from ledger.organisation.errors import ParameterInvalid, ParameterUnknown
from ledger.organisation.parameters import LATE_DAILY_RATE, PARAMETERS, SIGN_BY_DAYS
from ledger.organisation.queries import parameter, parameters_on
from ledger.reviews.marks import accepted

GROUP, CITY = "/keyturn/", "/keyturn/shanghai/"
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _tree(session: Session, admin: Actor, clock: MovedClock) -> None:
    operations.add_node(session, admin, clock, kind="group", code="keyturn", name="集团")
    operations.add_node(session, admin, clock, kind="city", code="shanghai", name="上海", parent=GROUP)


def put(session: Session, admin: Actor, clock: MovedClock, path: str, name: str, value: object, day: date) -> None:
    with accepted(session):
        operations.set_parameter(session, admin, clock, path=path, name=name, value=value, effective_from=day)


def test_nothing_set_means_the_default(session: Session) -> None:
    assert parameter(session, CITY, SIGN_BY_DAYS, MARCH) == 7
    assert parameter(session, CITY, "deposit_cap_basis_points", MARCH) == 2000


def test_the_nearest_node_wins_and_the_day_counts(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, GROUP, "sign_by_days", 10, MARCH)
    put(session, admin, clock, CITY, "sign_by_days", 5, APRIL)
    days = [parameter(session, CITY, "sign_by_days", day) for day in (date(2026, 2, 28), MARCH, APRIL)]
    assert days == [7, 10, 5]
    assert parameter(session, GROUP, SIGN_BY_DAYS, APRIL) == 10


def test_an_earlier_day_set_later_does_not_hide_the_newer_one(
    session: Session, admin: Actor, clock: MovedClock
) -> None:
    put(session, admin, clock, CITY, "sign_by_days", 5, APRIL)
    put(session, admin, clock, CITY, "sign_by_days", 6, MARCH)
    assert [parameter(session, CITY, SIGN_BY_DAYS, day) for day in (MARCH, APRIL)] == [6, 5]


def test_the_same_day_set_again_counts_as_set_last(session: Session, admin: Actor, clock: MovedClock) -> None:
    for value in (5, 8, 3):
        put(session, admin, clock, CITY, "sign_by_days", value, MARCH)
    assert parameter(session, CITY, SIGN_BY_DAYS, MARCH) == 3


def test_a_node_can_give_the_inheritance_back(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, GROUP, "sign_by_days", 10, MARCH)
    put(session, admin, clock, CITY, "sign_by_days", 5, MARCH)
    put(session, admin, clock, CITY, "sign_by_days", None, APRIL)
    assert parameter(session, CITY, SIGN_BY_DAYS, APRIL) == 10


def test_a_rate_stays_exact(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, CITY, "late_daily_rate", Fraction(15, 100_000), MARCH)
    assert parameter(session, CITY, LATE_DAILY_RATE, MARCH) == Fraction(3, 20_000)


def test_false_is_a_value_and_not_an_absence(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, CITY, "small_order_refundable", False, MARCH)
    assert parameter(session, CITY, "small_order_refundable", MARCH) is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sign_by_days", -1),
        ("sign_by_days", "7"),
        ("sign_by_days", True),
        ("deposit_cap_basis_points", 10_001),
        ("late_daily_rate", "1/0"),
        ("late_daily_rate", 0.0002),
        ("late_daily_rate", "1"),
        ("discount_stacking", "guess"),
        ("pay_before_permit", 1),
        ("currency", " "),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    session: Session, admin: Actor, clock: MovedClock, name: str, value: object
) -> None:
    with pytest.raises(ParameterInvalid):
        put(session, admin, clock, CITY, name, value, MARCH)
    assert parameter(session, CITY, name, MARCH) == PARAMETERS[name].default


def test_an_unknown_parameter_is_refused(session: Session, admin: Actor, clock: MovedClock) -> None:
    with pytest.raises(ParameterUnknown):
        put(session, admin, clock, CITY, "colour", 1, MARCH)
    with pytest.raises(ParameterUnknown):
        parameter(session, CITY, "colour", MARCH)


def test_all_parameters_answer_at_once(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, GROUP, "hold_hours", 48, MARCH)
    values = parameters_on(session, CITY, MARCH)
    assert values.keys() == PARAMETERS.keys()
    assert (values["hold_hours"], values["sign_by_days"]) == (48, 7)


def test_a_setting_is_never_rewritten(session: Session, admin: Actor, clock: MovedClock) -> None:
    put(session, admin, clock, GROUP, "hold_hours", 48, MARCH)
    with pytest.raises(DatabaseError, match="append_only"):
        session.execute(text("UPDATE parameter SET effective_from = '2020-01-01'"))


def test_every_default_fits_its_own_limits_and_names_its_source() -> None:
    for definition in PARAMETERS.values():
        assert definition.read(definition.check(definition.default)) == definition.default
        assert definition.source and definition.label and definition.label_zh

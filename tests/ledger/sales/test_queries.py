"""Sales are found by what they are, shown whole with their line, and only to who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.customers.models import Customer
from ledger.inventory.models import Unit
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.sales.operations import (
    Buyer,
    Discount,
    activate_subscription,
    cancel_sale,
    hold_unit,
    open_sale,
    return_filing,
    sign_contract,
    submit_filing,
    subscribe,
)
from ledger.sales.queries import (
    SaleFilter,
    count_by_stage,
    count_sales,
    find_sales,
    get_sale,
    list_events,
    list_terms,
    sale_line,
)
from tests.ledger.sales.conftest import CONSULTANT, MANAGER


@pytest.fixture
def signed(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    units: list[Unit],
    buyer: Customer,
    customer: Callable[..., Customer],
) -> Sale:
    sale = hold_unit(
        session, admin, clock, unit_id=units[0].id, customer_id=buyer.id, reason="asks her bank", approved_by=MANAGER,
        expires_at=clock.now() + timedelta(days=1), consultant_id=CONSULTANT,
    )  # fmt: skip
    clock.advance(timedelta(hours=1))
    buyers = [Buyer(buyer.id, Fraction(1, 3)), Buyer(customer("李娜").id, Fraction(2, 3))]
    discount = Discount("opening week", "rate", basis_points=200)
    subscribe(session, admin, clock, sale_id=sale.id, buyers=buyers, discounts=[discount], deposit_fen=5_000_000)
    activate_subscription(session, admin, clock, sale_id=sale.id)
    clock.advance(timedelta(days=2))
    sign_contract(session, admin, clock, sale_id=sale.id)
    session.flush()
    return sale


def test_a_sale_is_shown_whole(session: Session, admin: Actor, signed: Sale) -> None:
    view = get_sale(session, admin, signed.id)
    assert [(b.name, b.ownership, b.share) for b in view.buyers] == [
        ("王芳", "shares", (1, 3)), ("李娜", "shares", (2, 3)),
    ]  # fmt: skip
    assert [(d.name, d.taken_off_fen) for d in view.discounts] == [("opening week", 3_256_600)]
    assert view.unit_label == "A座-A-0301"
    assert (view.floor_price_fen, view.customer_name) == (153_650_250, "王芳")
    assert view.hold is not None
    assert view.contract is not None
    assert view.filing is not None
    assert (view.hold.state, view.contract.total_fen, view.filing.state) == ("converted", 159_573_400, "to_file")


def test_one_look_shows_the_whole_line_with_dates_and_numbers(
    session: Session, admin: Actor, clock: MovedClock, signed: Sale
) -> None:
    line = sale_line(session, admin, signed.id)
    assert [step.kind for step in line] == ["opened", "held", "subscribed", "activated", "signed", "filing_due"]
    signing = line[-2]
    assert (signing.on, signing.no, signing.actor_id) == (date(2026, 3, 4), "HARBOUR-HT-2026-000001", admin.id)
    submit_filing(session, admin, clock, sale_id=signed.id)
    return_filing(session, admin, clock, sale_id=signed.id, reason="blurred copy")
    assert sale_line(session, admin, signed.id)[-1].kind == "filing_returned"
    kinds = {e.kind for e in list_events(session, admin, signed.id)}
    assert {"opened", "held", "subscribed", "activated", "signed", "filing_returned"} <= kinds


def test_the_floor_price_and_the_versions_are_for_few(
    session: Session, admin: Actor, signed: Sale, actor_with: Callable[..., Actor]
) -> None:
    viewer = actor_with("sales:view", "units:view")
    assert get_sale(session, viewer, signed.id).floor_price_fen is None
    with pytest.raises(NotAllowed):
        list_terms(session, viewer, signed.id)
    assert len(list_terms(session, admin, signed.id)) == 1


def test_sales_are_found_by_filter(
    session: Session, admin: Actor, clock: MovedClock, signed: Sale, units: list[Unit], project: Project,
    customer: Callable[..., Customer],
) -> None:  # fmt: skip
    walk_in = open_sale(session, admin, clock, unit_id=units[1].id, customer_id=customer("赵敏").id)
    closed = open_sale(session, admin, clock, unit_id=units[2].id, customer_id=customer("钱进").id)
    cancel_sale(session, admin, clock, sale_id=closed.id, reason="changed her mind")
    session.flush()
    second_buyer = get_sale(session, admin, signed.id).buyers[1].customer_id
    for wanted, found in (
        (SaleFilter(), {signed.id, walk_in.id, closed.id}),
        (SaleFilter(state="live"), {signed.id, walk_in.id}),
        (SaleFilter(stages=("signed", "filed")), {signed.id}),
        (SaleFilter(consultant_id=CONSULTANT), {signed.id}),
        (SaleFilter(unit_id=units[1].id), {walk_in.id}),
        (SaleFilter(customer_id=second_buyer), {signed.id}),
        (SaleFilter(text="李娜"), {signed.id}),
        (SaleFilter(text="赵"), {walk_in.id}),
        (SaleFilter(text=closed.no[-6:].lower()), {closed.id}),
        (SaleFilter(text="100%"), set()),
        (SaleFilter(project_id="elsewhere"), set()),
        (SaleFilter(filing_due_until=date(2026, 4, 3)), {signed.id}),
        (SaleFilter(filing_due_until=date(2026, 4, 2)), set()),
        (SaleFilter(sign_by_until=date(2026, 12, 31)), set()),
        (SaleFilter(opened_from=clock.now()), {walk_in.id, closed.id}),
        (SaleFilter(opened_before=clock.now()), {signed.id}),
    ):
        rows = find_sales(session, admin, wanted)
        assert {row.sale_id for row in rows} == found, wanted
        assert count_sales(session, admin, wanted) == len(found), wanted
    assert [row.sale_id for row in find_sales(session, admin, SaleFilter(), sort="oldest", limit=1)] == [signed.id]
    assert find_sales(session, admin, SaleFilter(), sort="price")[0].stage in ("signed", "subscribing", "closed")
    assert count_by_stage(session, admin, project_id=project.id) == {"signed": 1, "subscribing": 1}


def test_a_list_is_one_query_however_many_rows(
    session: Session, admin: Actor, clock: MovedClock, signed: Sale, units: list[Unit], buyer: Customer
) -> None:
    for unit in units[1:]:
        open_sale(session, admin, clock, unit_id=unit.id, customer_id=buyer.id)
    session.flush()
    statements: list[str] = []
    bind = session.get_bind()

    def listen(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(bind, "before_cursor_execute", listen)
    rows = find_sales(session, admin, SaleFilter())
    event.remove(bind, "before_cursor_execute", listen)
    assert (len(rows), len(statements)) == (6, 1)


def test_everybody_sees_the_sales_of_his_scope_only(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    signed: Sale,
    project: Project,
    actor_with: Callable[..., Actor],
) -> None:
    other = organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")
    strangers = (
        actor_with("sales:view", path=other.path),
        actor_with("sales:view", own_only=True),
        actor_with("units:view"),
    )
    for stranger in strangers:
        assert find_sales(session, stranger, SaleFilter()) == ()
        assert count_by_stage(session, stranger) == {}
        for look in (get_sale, sale_line, list_events):
            with pytest.raises(Missing):
                look(session, stranger, signed.id)  # type: ignore[operator]

"""Open receivables (应收款) of sales that a line may pay for, found by set and never one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from ledger.banking.importing import in_parts
from ledger.banking.memos import Home, building_key, unit_key
from ledger.banking.models import MatchRule
from ledger.customers.models import Customer
from ledger.finance.kinds import MONEY_ACCOUNT_OF, Debtor, ReceivableClass, ReceivableKind, ReceivableState
from ledger.finance.models import Allocation, Receivable
from ledger.finance.queries import paid_on_line
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale, SaleBuyer

POOL = 60
"""So many open loans are looked at when a batch is put together, the longest due first."""
_FEW = 2
_PLACE = tuple_(Unit.building_id, Unit.unit_no)


@dataclass(frozen=True)
class Debt:
    """A receivable that is open: ``owner`` is the sale, or ``customer:<id>`` of a queue fee."""

    receivable_id: str
    owner: str
    sale_id: str | None
    customer_id: str | None
    kind: ReceivableKind
    class_: ReceivableClass
    debtor: Debtor
    open_fen: int
    due_on: date | None
    path: str

    def fits(self, account: str) -> bool:
        """Whether money in a ledger account may settle it."""
        return MONEY_ACCOUNT_OF[self.class_] == account


def customer_owner(customer_id: str) -> str:
    """The owner of a queue fee."""
    return f"customer:{customer_id}"


def debts_of(session: Session, sale_ids: Iterable[str]) -> dict[str, list[Debt]]:
    """What each sale still owes, the first due first."""
    found: dict[str, list[Debt]] = defaultdict(list)
    for part in in_parts(sorted(set(sale_ids))):
        for debt in _debts(session, Receivable.sale_id.in_(part)):
            found[debt.owner].append(debt)
    return found


def queue_debts(session: Session, project_id: str, names: Sequence[str]) -> dict[str, tuple[str, list[Debt]]]:
    """Open queue fees of customers of some names: by owner, the name and the fees."""
    found: dict[str, tuple[str, list[Debt]]] = {}
    for part in in_parts(names):
        named = select(Customer.id, Customer.name).where(Customer.name.in_(part))
        owed = exists().where(
            Receivable.customer_id == Customer.id,
            Receivable.sale_id.is_(None),
            Receivable.project_id == project_id,
            Receivable.state == ReceivableState.PLANNED,
        )
        people = {row.id: row.name for row in session.execute(named.where(owed))}
        if not people:
            continue
        theirs = (Receivable.customer_id.in_(people)) & Receivable.sale_id.is_(None)
        for debt in _debts(session, theirs & (Receivable.project_id == project_id)):
            found.setdefault(debt.owner, (people[str(debt.customer_id)], []))[1].append(debt)
    return found


def _debts(session: Session, which: ColumnElement[bool], limit: int | None = None) -> list[Debt]:
    paid = paid_on_line().label("paid")
    query = (
        select(
            Receivable.id, Receivable.sale_id, Receivable.customer_id, Receivable.kind, Receivable.class_,
            Receivable.debtor, Receivable.amount_fen, Receivable.due_on, Receivable.path, paid,
        )
        .where(which, Receivable.state == ReceivableState.PLANNED, Receivable.amount_fen > 0)
        .order_by(Receivable.due_on.is_(None), Receivable.due_on, Receivable.sequence, Receivable.id)
    )  # fmt: skip
    debts = []
    for row in session.execute(query if limit is None else query.limit(limit)):
        open_fen = row.amount_fen - int(row.paid)
        if open_fen > 0:
            owner = row.sale_id or customer_owner(row.customer_id)
            debts.append(
                Debt(row.id, owner, row.sale_id, row.customer_id, row.kind, row.class_, row.debtor, open_fen,
                     row.due_on, row.path)
            )  # fmt: skip
    return debts


def debts_by_id(session: Session, receivable_ids: Sequence[str]) -> dict[str, Debt]:
    """Open receivables by id."""
    found: dict[str, Debt] = {}
    for part in in_parts(receivable_ids):
        found |= {debt.receivable_id: debt for debt in _debts(session, Receivable.id.in_(part))}
    return found


def sales_of_homes(session: Session, project_id: str, homes: Iterable[Home]) -> dict[Home, list[str]]:
    """The live sales of the homes that memos name; a unit number without a building may be several homes."""
    homes = list(dict.fromkeys(homes))
    if not homes:
        return {}
    buildings: dict[str, list[str]] = defaultdict(list)
    named = select(Building.id, Building.code).where(Building.project_id == project_id)
    for building_id, code in session.execute(named):
        buildings[building_key(code)].append(building_id)
    places = sorted(
        {(place, one) for home in homes for place in buildings.get(home.building, []) for one in _spellings(home)}
    )
    alone = sorted({one for home in homes if not home.building for one in _spellings(home)})
    found = [
        *(row for part in in_parts(places) for row in _homes(session, project_id, _PLACE.in_(part))),
        *(row for part in in_parts(alone) for row in _homes(session, project_id, Unit.unit_no.in_(part))),
    ]
    by_unit: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for sale_id, code, entrance, unit_no in dict.fromkeys(found):
        before = unit_no.rpartition("-")[0].rpartition("-")[2]
        by_unit[unit_key(unit_no)].append((sale_id, building_key(code), (entrance or before).lstrip("0")))
    return {home: [one[0] for one in by_unit[home.unit_no] if _same_home(home, one)] for home in homes}


def _homes(session: Session, project_id: str, which: ColumnElement[bool]) -> list[tuple[str, str, str, str]]:
    query = (
        select(Sale.id, Building.code, Unit.entrance, Unit.unit_no)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(Sale.project_id == project_id, Sale.state == "live", which)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _spellings(home: Home) -> list[str]:
    short, long = home.unit_no, home.unit_no.zfill(4)
    ends = {short, long, short.upper(), f"{short}室"}
    entrance = home.entrance
    places = {f"{entrance}-{end}" for end in ends} if entrance else set()
    for building in {home.building, home.building.upper()} - {""}:
        places |= {f"{building}-{end}" for end in ends} | {f"{building}-{place}" for place in places}
    return [*ends, *places]


def _same_home(home: Home, found: tuple[str, str, str]) -> bool:
    _, building, entrance = found
    if home.building and building != home.building:
        return False
    return not (home.entrance and entrance and entrance.removesuffix("单元") != home.entrance)


def sales_of_names(session: Session, project_id: str, names: Sequence[str]) -> dict[str, list[str]]:
    """The live sales of buyers and customers of some names."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in in_parts(names):
        buyers = (
            select(Customer.name, Sale.id)
            .join(SaleBuyer, SaleBuyer.customer_id == Customer.id)
            .join(Sale, (Sale.id == SaleBuyer.sale_id) & (Sale.terms_version == SaleBuyer.version))
            .where(Customer.name.in_(part), Sale.project_id == project_id, Sale.state == "live")
        )
        customers = (
            select(Customer.name, Sale.id)
            .join(Sale, Sale.customer_id == Customer.id)
            .where(Customer.name.in_(part), Sale.project_id == project_id, Sale.state == "live")
        )
        for name, sale_id in session.execute(union_all(buyers, customers)):
            found[name].add(sale_id)
    return {name: sorted(sale_ids) for name, sale_ids in found.items()}


def sales_of_payers(session: Session, project_id: str, payers: Sequence[str]) -> dict[str, list[str]]:
    """The sales that accounts paid for before, by the fingerprint of the account, as rules have learned it."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in in_parts(payers):
        query = select(MatchRule.payer_index, MatchRule.sale_id).where(
            MatchRule.project_id == project_id,
            MatchRule.kind == "payer",
            MatchRule.active,
            MatchRule.payer_index.in_(part),
        )
        for payer, sale_id in session.execute(query):
            found[str(payer)].append(str(sale_id))
    return found


def learned_kinds(session: Session, project_id: str) -> list[tuple[str, ReceivableKind]]:
    """The words that rules have learned, with the kind that each means."""
    query = select(MatchRule.word, MatchRule.receivable_kind).where(
        MatchRule.project_id == project_id, MatchRule.kind == "word", MatchRule.active
    )
    return [
        (str(word), ReceivableKind(str(kind))) for word, kind in session.execute(query.order_by(MatchRule.word))
    ]


def rare_amounts(
    session: Session, project_id: str, amounts: Sequence[int], debtors: Sequence[Debtor]
) -> dict[int, list[str]]:
    """For amounts that at most two receivables of the project wait for: the sales that owe exactly so much."""
    found: dict[int, list[str]] = {}
    for part in in_parts(sorted(set(amounts))):
        query = (
            select(Receivable.amount_fen, func.min(Receivable.sale_id), func.max(Receivable.sale_id))
            .where(
                Receivable.project_id == project_id,
                Receivable.state == ReceivableState.PLANNED,
                Receivable.debtor.in_(debtors),
                Receivable.amount_fen.in_(part),
                Receivable.sale_id.is_not(None),
                ~exists().where(Allocation.receivable_id == Receivable.id),
            )
            .group_by(Receivable.amount_fen)
            .having(func.count() <= _FEW)
        )
        for fen, first, last in session.execute(query):
            found[fen] = list(dict.fromkeys([str(first), str(last)]))
    return found


def loans_waiting(session: Session, project_id: str) -> list[Debt]:
    """Loans that banks still have to pay out, the longest due first, a bounded number."""
    which = (
        (Receivable.project_id == project_id)
        & Receivable.debtor.in_([Debtor.BANK, Debtor.FUND_CENTRE])
        & Receivable.sale_id.is_not(None)
    )
    return _debts(session, which, limit=POOL)

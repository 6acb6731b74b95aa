"""Other buyers or other shares (更名/增减权益人): with proof, stricter after filing (DOMAIN §6, 9; D5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, MoneyLine, Preview, Route, Standing, Values
from ledger.changes.registry import change_kind
from ledger.changes.seals import seal_changed
from ledger.changes.supplement_models import Supplement
from ledger.changes.supplements import keep_supplement, signing_day
from ledger.customers.models import Customer
from ledger.documents.models import Document
from ledger.finance.kinds import TodoKind
from ledger.finance.models import Receivable
from ledger.finance.operations import open_todo
from ledger.finance.raising import raise_fee
from ledger.organisation.parameters import RENAME_FEE_FEN, RIGHTS_AFTER_FILING
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act
from ledger.sales.errors import BuyersInvalid
from ledger.sales.kinds import remark_buyers
from ledger.sales.moving import MOVABLE
from ledger.sales.shares import Buyer, BuyerLine, Ownership, buyer_lines
from ledger.sales.terms import terms_in_force

RELATIVES = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild")
BY_LAW = ("inheritance", "court")
RELATIONS = {
    "spouse": ("spouse", "配偶"),
    "parent": ("parent", "父母"),
    "child": ("child", "子女"),
    "sibling": ("brother or sister", "兄弟姐妹"),
    "grandparent": ("grandparent", "祖父母、外祖父母"),
    "grandchild": ("grandchild", "孙子女、外孙子女"),
    "inheritance": ("inheritance", "继承"),
    "court": ("by a court", "法院裁判"),
    "other": ("somebody else", "其他"),
    "same_people": ("the same people", "仅调整份额"),
}
_AFTER_FILING = {
    "spouse_and_law": ("spouse", *BY_LAW, "same_people"),
    "relatives": (*RELATIVES, *BY_LAW, "same_people"),
    "anybody": tuple(RELATIONS),
}
_OWNERSHIPS: dict[str, Ownership] = {"sole": "sole", "shares": "shares", "joint": "joint"}
FEE_DUE_DAYS = 7


@change_kind
class RightsTransfer:
    """Wanted: ``ownership``, ``buyers`` (``customer_id``, ``share`` n/d), ``relation`` of who comes to who stays,
    ``proof_id`` of a document that proves it.
    """

    kind = "rights_transfer"
    stages = MOVABLE

    def guard(self, standing: Standing, wanted: Values) -> None:
        """Buyers and shares are right and others than now, the relation is proved, filing allows it."""
        lines, before = self._lines(wanted), self._before(standing)
        if _content(lines) == _content(before):
            raise ChangeRefused("rights_same", field="buyers")
        self._require_known(standing, lines)
        relation = str(wanted.get("relation") or "")
        if relation not in RELATIONS:
            raise ChangeRefused("rights_relation_unknown", field="relation")
        same = _people(lines) == _people(before)
        if same != (relation == "same_people"):
            raise ChangeRefused("rights_relation_wrong", field="relation")
        if not same:
            self._require_proof(standing, wanted)
        self._require_allowed(standing, relation)

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """Buyers with shares before and after, and the fee."""
        before, after = self._before(standing), self._lines(wanted)
        relation = str(wanted["relation"])
        money: tuple[MoneyLine, ...] = ()
        if fee := self._fee(standing, relation):
            money = (MoneyLine("due", "fee", fee, debtor="buyer", estimate=True),)
        route = "rename_other" if relation == "other" else "rename_relative"
        sides = self._side(standing, before), self._side(standing, after)
        sides[1]["relation"] = dict(zip(("en", "zh"), RELATIONS[relation], strict=True))
        return Preview(sides[0], sides[1], money, Route(route))

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Seal the buyers; a signed contract follows by a supplement, kinds too; the fee falls due.

        Former buyers stay in history.
        """
        act = Act(standing.session, standing.actor, standing.clock)
        former = [line.customer_id for line in self._before(standing)]
        terms = replace(terms_in_force(standing.session, standing.sale), buyers=self._lines(wanted))
        seal = seal_changed(act, standing.sale, terms, approvers=execution.approvers, reference=execution.order_no)
        supplement = self._supplement(act, standing, execution, seal.version)
        now = [line.customer_id for line in terms.buyers]
        remark_buyers(act, standing.sale, former)
        fee = self._ask_fee(standing, str(wanted["relation"]), execution)
        return {
            "terms_version": seal.version,
            "added": [one for one in now if one not in former],
            "removed": [one for one in former if one not in now],
            "fee_fen": fee.amount_fen if fee else 0,
            **({"supplement_no": supplement.no} if supplement else {}),
        }

    def _supplement(self, act: Act, standing: Standing, execution: Execution, version: int) -> Supplement | None:
        """A signed contract names its new parties by a supplement; total and receivables stay."""
        contract = standing.contract
        if contract is None:
            return None
        signed_on = signing_day(act, standing.sale, contract, execution.signed_on)
        before, contract.terms_version = contract.terms_version, version
        act.session.flush()  # The supplement says what the contract says by now.
        return keep_supplement(
            act,
            standing.sale,
            contract,
            terms_before=before,
            total_before_fen=contract.total_fen,
            signed_on=signed_on,
            reason=execution.reason,
            change_order_id=execution.order_id,
        )

    def _lines(self, wanted: Values) -> tuple[BuyerLine, ...]:
        rows: Sequence[Mapping[str, Any]] = wanted.get("buyers") or []
        ownership = _OWNERSHIPS.get(str(wanted.get("ownership") or ""))
        buyers = [
            Buyer(str(row.get("customer_id") or ""), _share(row, n, ownership)) for n, row in enumerate(rows)
        ]
        return buyer_lines(buyers, ownership)

    def _before(self, standing: Standing) -> tuple[BuyerLine, ...]:
        return terms_in_force(standing.session, standing.sale).buyers

    def _require_known(self, standing: Standing, lines: Sequence[BuyerLine]) -> None:
        ids = [line.customer_id for line in lines]
        query = select(Customer.id).where(Customer.id.in_(ids), Customer.in_scope(standing.sale.path, None))
        known = {*standing.session.scalars(query), *(line.customer_id for line in self._before(standing))}
        for position, customer_id in enumerate(ids):
            if customer_id not in known:
                raise ChangeRefused("customer_missing", field=f"buyers.{position}.customer_id")

    def _require_proof(self, standing: Standing, wanted: Values) -> None:
        proof = wanted.get("proof_id")
        if not proof or standing.session.get(Document, str(proof)) is None:
            raise ChangeRefused("rights_proof_missing", field="proof_id")

    def _require_allowed(self, standing: Standing, relation: str) -> None:
        """After filing usually only spouse, inheritance and court (parameter); the filing is amended."""
        filing = standing.filing
        if filing is None or (filing.accepted_on is None and filing.state != "accepted"):
            return
        rule = parameter(standing.session, standing.sale.path, RIGHTS_AFTER_FILING, standing.today)
        if relation not in _AFTER_FILING[rule]:
            raise ChangeRefused("rights_after_filing", field="relation")

    def _fee(self, standing: Standing, relation: str) -> int:
        if relation == "same_people" or relation in BY_LAW:
            return 0
        return parameter(standing.session, standing.sale.path, RENAME_FEE_FEN, standing.today)

    def _ask_fee(self, standing: Standing, relation: str, execution: Execution) -> Receivable | None:
        """The fee (更名手续费) is a receivable apart from the price, with a to-do to collect it."""
        fen = self._fee(standing, relation)
        if not fen:
            return None
        act = (standing.session, standing.actor, standing.clock)
        due_on = standing.today + timedelta(days=FEE_DUE_DAYS)
        key = f"change:{execution.order_id}:fee"
        line = raise_fee(*act, key=key, sale_id=standing.sale.id, amount_fen=fen, due_on=due_on)
        open_todo(
            *act,
            key=f"collect:{line.id}",
            kind=TodoKind.COLLECT,
            project_id=line.project_id,
            path=line.path,
            amount_fen=fen,
            due_on=due_on,
            debtor=line.debtor,
            sale_id=line.sale_id,
            receivable_id=line.id,
        )
        return line

    def _side(self, standing: Standing, lines: Sequence[BuyerLine]) -> dict[str, Any]:
        ids = [line.customer_id for line in lines]
        rows = standing.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
        names = {row.id: row.name for row in rows}
        return {
            "ownership": lines[0].ownership,
            "buyers": [
                names.get(line.customer_id, "")
                + (f" {line.numerator}/{line.denominator}" if line.numerator is not None else "")
                for line in lines
            ],
            "buyer_ids": ids,
        }


def _share(row: Mapping[str, Any], position: int, ownership: Ownership | None) -> Fraction | None:
    text = row.get("share")
    if not text or ownership != "shares":
        return None
    try:
        return Fraction(str(text))
    except (ValueError, ZeroDivisionError) as wrong:
        raise BuyersInvalid("share_wrong", field=f"buyers.{position}", position=position + 1) from wrong


def _people(lines: Sequence[BuyerLine]) -> set[str]:
    return {line.customer_id for line in lines}


def _content(lines: Sequence[BuyerLine]) -> set[tuple[str, str, Fraction | None]]:
    return {
        (
            line.customer_id,
            line.ownership,
            Fraction(line.numerator, line.denominator) if line.numerator and line.denominator else None,
        )
        for line in lines
    }

"""Confirming what a line is: it becomes receipts of finance; leaving it out; taking either back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.banking.debts import Debt, customer_owner, debts_by_id
from ledger.banking.errors import LineMissing, LineTaken, MatchRefused
from ledger.banking.kinds import Certainty, IgnoreReason, LineState
from ledger.banking.learning import learn, unlearn
from ledger.banking.matching import propose
from ledger.banking.memos import read_memo
from ledger.banking.models import BankAccount, LineEvent, LineMatch, LineStanding, StatementLine
from ledger.banking.queries import line_row
from ledger.finance.accounts import has_event
from ledger.finance.dividing import BANK_KEY
from ledger.finance.interest import late_interest
from ledger.finance.interest_charges import Work, settle
from ledger.finance.kinds import Debtor, EventKind, Method
from ledger.finance.models import Receipt, Receivable
from ledger.finance.receipts import Confirmation, confirm_receipt, reverse_receipt, take_receipt
from ledger.locking import locked
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_LONGEST = 200


@dataclass(frozen=True)
class Share:
    """So many fen of a line: for a receivable, or as money of a sale that the law's order counts or keeps."""

    amount_fen: int
    receivable_id: str | None = None
    sale_id: str | None = None


@dataclass(frozen=True)
class Confirmed:
    """The receipts that a line became, by their numbers; ``fresh`` is False when it was confirmed before."""

    line_id: str
    receipt_ids: tuple[str, ...]
    numbers: tuple[str, ...]
    credit_fen: int
    fresh: bool = True


def confirm_match(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    line_id: str,
    shares: Sequence[Share],
    certainty: Certainty = Certainty.BY_HAND,
) -> Confirmed:
    """Take and confirm receipts for a whole line, one for each sale, and learn from it.

    Doing the same again returns what came of it. Raises `LineTaken` when the line was matched otherwise or left
    out, `MatchRefused` by field, and whatever `take_receipt` and `confirm_receipt` refuse.
    """
    line, standing = _lock_line(session, actor, line_id)
    if (done := _done_already(session, line, standing, shares)) is not None:
        return done
    if standing.state != LineState.OPEN:
        raise LineTaken(by=standing.changed_by, at=standing.changed_at)
    left = line.amount_fen - _matched_fen(session, line_id)
    given = sum(share.amount_fen for share in shares)
    if not shares or given != left:
        raise MatchRefused("match_sum", field="shares", line_fen=left, given_fen=given)
    groups = _by_owner(session, shares)
    account = session.get_one(BankAccount, line.account_id)
    outcomes = [
        _receive(session, actor, clock, line, standing, account, group, certainty) for group in groups.values()
    ]
    _stand(session, actor, clock, standing, LineState.MATCHED, "matched")
    debts = [debt for group in groups.values() for debt in group.debts]
    learn(session, actor, clock, line, [group.sale_id for group in groups.values()], debts)
    after = {"receipts": len(outcomes), "certainty": str(certainty)}
    audit.record(session, actor, clock, "banking:match", "statement_line", line.id, path=line.path, after=after)
    return Confirmed(
        line.id,
        tuple(one.receipt_id for one in outcomes),
        tuple(one.number for one in outcomes),
        sum(one.credit_fen for one in outcomes),
    )


def confirm_certain(session: Session, actor: Actor, clock: Clock, *, line_id: str) -> Confirmed:
    """Confirm a line's certain proposal, looked up anew at this moment. Raises `MatchRefused` when none is."""
    line, standing = _lock_line(session, actor, line_id)
    if standing.state == LineState.MATCHED:
        return _earlier(session, line)
    matching = propose(session, [line_row(line, standing)])[line_id]
    best = matching.best
    if best is None or best.certainty is not Certainty.CERTAIN:
        raise MatchRefused("match_not_certain", field="line_id")
    shares = [
        Share(part.amount_fen, part.receivable_id, None if part.receivable_id else part.sale_id)
        for part in best.parts
    ]
    return confirm_match(session, actor, clock, line_id=line_id, shares=shares, certainty=Certainty.CERTAIN)


def _lock_line(session: Session, actor: Actor, line_id: str) -> tuple[StatementLine, LineStanding]:
    query = scoped(actor, LineStanding, Permission.BANKING_MATCH).where(LineStanding.line_id == line_id)
    standing = session.scalars(locked(query, LineStanding)).one_or_none()
    if standing is None:
        raise LineMissing(field="line_id", id=line_id)
    return session.get_one(StatementLine, line_id), standing


def _standing_matches(session: Session, line_id: str) -> list[LineMatch]:
    """The matches of a line whose receipts stand."""
    query = (
        select(LineMatch)
        .join(Receipt, Receipt.id == LineMatch.receipt_id)
        .where(LineMatch.line_id == line_id, ~has_event(EventKind.REVERSED))
        .order_by(LineMatch.id)
    )
    return list(session.scalars(query))


def _matched_fen(session: Session, line_id: str) -> int:
    return sum(match.amount_fen for match in _standing_matches(session, line_id))


def _done_already(
    session: Session, line: StatementLine, standing: LineStanding, shares: Sequence[Share]
) -> Confirmed | None:
    """What came of this very match before, or None."""
    if standing.state != LineState.MATCHED:
        return None
    debts = debts_owner(session, [share.receivable_id for share in shares if share.receivable_id])
    asked: dict[str, int] = defaultdict(int)
    for share in shares:
        asked[share.sale_id or debts.get(share.receivable_id or "", "")] += share.amount_fen
    there: dict[str, int] = defaultdict(int)
    for match in _standing_matches(session, line.id):
        there[match.sale_id or customer_owner(str(match.customer_id))] += match.amount_fen
    return _earlier(session, line) if asked == there else None


def debts_owner(session: Session, receivable_ids: Sequence[str]) -> dict[str, str]:
    """Whose receivables these are, open or not."""
    from_rows = select(Receivable.id, Receivable.sale_id, Receivable.customer_id)
    rows = session.execute(from_rows.where(Receivable.id.in_(receivable_ids)))
    return {row.id: row.sale_id or customer_owner(row.customer_id) for row in rows}


def _earlier(session: Session, line: StatementLine) -> Confirmed:
    matches = _standing_matches(session, line.id)
    return Confirmed(line.id, tuple(match.receipt_id for match in matches), (), 0, fresh=False)


@dataclass
class _Group:
    """What of a line goes to one sale or one customer's queue fee."""

    sale_id: str | None
    debts: list[Debt]
    shares: list[Share]

    @property
    def amount_fen(self) -> int:
        """Fen of the receipt."""
        return sum(share.amount_fen for share in self.shares)


def _by_owner(session: Session, shares: Sequence[Share]) -> dict[str, _Group]:
    debts = debts_by_id(session, [share.receivable_id for share in shares if share.receivable_id])
    groups: dict[str, _Group] = {}
    for share in shares:
        debt = debts.get(share.receivable_id) if share.receivable_id else None
        if share.amount_fen <= 0 or (share.receivable_id and debt is None):
            raise MatchRefused("match_debt_settled", field=f"fen-{share.receivable_id or share.sale_id}")
        if debt is None and share.sale_id is None:
            raise MatchRefused("match_without_sale", field="shares")
        owner = debt.owner if debt else str(share.sale_id)
        group = groups.setdefault(owner, _Group(debt.sale_id if debt else share.sale_id, [], []))
        group.shares.append(share)
        if debt:
            group.debts.append(debt)
    for group in groups.values():
        if len({debt.debtor for debt in group.debts}) > 1:
            raise MatchRefused("match_two_debtors", field="shares")
    return groups


def _receive(
    session: Session,
    actor: Actor,
    clock: Clock,
    line: StatementLine,
    standing: LineStanding,
    account: BankAccount,
    group: _Group,
    certainty: Certainty,
) -> Confirmation:
    """The receipt of one sale: captured and confirmed, with the line's serial number as its reference."""
    first = group.debts[0] if group.debts else None
    debtor = first.debtor if first else Debtor.BUYER
    customer_id = first.customer_id if first and first.sale_id is None else None
    receipt = take_receipt(
        session,
        actor,
        clock,
        key=f"{BANK_KEY}{line.id}:{standing.rounds}:{group.sale_id or customer_id}",
        amount_fen=group.amount_fen,
        method=_method(line, debtor),
        paid_on=line.booked_on,
        payer=line.payer or line.summary or line.serial,
        sale_id=group.sale_id,
        customer_id=customer_id,
        project_id=line.project_id if customer_id else None,
        receivable_id=first.receivable_id if first else None,
        payer_role=debtor,
        account=account.account,
        reference=line.serial,
        typed=False,
    )
    if receipt.project_id != line.project_id:
        raise MatchRefused("match_other_project", field="shares")
    outcome = _confirm(session, actor, clock, receipt, group, certainty)
    session.add(
        LineMatch(
            line_id=line.id,
            receipt_id=receipt.id,
            sale_id=group.sale_id,
            customer_id=customer_id,
            amount_fen=group.amount_fen,
            certainty=str(certainty),
            batch_no=read_memo(line.memo).batch_no,
            at=clock.now(),
            by=actor.id,
        )
    )
    session.flush()  # What is matched of the line is summed from these rows.
    return outcome


def _confirm(
    session: Session, actor: Actor, clock: Clock, receipt: Receipt, group: _Group, certainty: Certainty
) -> Confirmation:
    """What was named settles what it names, the rest goes by the order.

    While late interest is owed a proposal is what the payer meant and no more: contract or law say what comes
    first (Civil Code 561). Who divides a line by hand has decided that himself.
    """
    named: dict[str, int] = defaultdict(int)
    for share in group.shares:
        if share.receivable_id:
            named[share.receivable_id] += share.amount_fen
    sale_id = group.sale_id
    if certainty is not Certainty.BY_HAND and sale_id and late_interest(session, [sale_id], on=receipt.paid_on):
        named.clear()
    outcome = confirm_receipt(session, actor, clock, receipt_id=receipt.id, allocations=dict(named) or None)
    if named and sale_id and outcome.credit_fen:
        more = settle(session, actor, clock, sale_id, [Work(receipt, outcome.credit_fen)])
        return replace(outcome, credit_fen=outcome.credit_fen - sum(more.values()))
    return outcome


def _method(line: StatementLine, debtor: Debtor) -> Method:
    if debtor is not Debtor.BUYER:
        return Method.BANK_LOAN
    return Method.POS if line.summary.upper() == "POS" else Method.TRANSFER


def ignore_line(
    session: Session, actor: Actor, clock: Clock, *, line_id: str, reason: IgnoreReason | str, note: str = ""
) -> None:
    """Leave a line out: it is no buyer's payment. Raises `LineTaken` when somebody matched it, `Invalid`."""
    line, standing = _lock_line(session, actor, line_id)
    if reason not in list(IgnoreReason):
        raise Invalid("ignore_reason_missing", field="reason")
    if reason == IgnoreReason.OTHER and not note.strip():
        raise Invalid("reason_missing", field="note")
    if standing.state == LineState.IGNORED:
        return
    if standing.state != LineState.OPEN or _matched_fen(session, line_id):
        raise LineTaken(by=standing.changed_by, at=standing.changed_at)
    _stand(session, actor, clock, standing, LineState.IGNORED, "ignored", str(reason), note)
    why = note or str(reason)
    audit.record(session, actor, clock, "banking:ignore", "statement_line", line.id, path=line.path, reason=why)


def reopen_line(session: Session, actor: Actor, clock: Clock, *, line_id: str) -> None:
    """Take a line up again that was left out."""
    line, standing = _lock_line(session, actor, line_id)
    if standing.state == LineState.OPEN:
        return
    if standing.state != LineState.IGNORED:
        raise LineTaken(by=standing.changed_by, at=standing.changed_at)
    _stand(session, actor, clock, standing, LineState.OPEN, "reopened")
    audit.record(session, actor, clock, "banking:reopen", "statement_line", line.id, path=line.path)


def undo_match(session: Session, actor: Actor, clock: Clock, *, line_id: str, reason: str) -> None:
    """Take a match back: its receipts are reversed by counter-entry, and the line waits again.

    Raises what `reverse_receipt` refuses, as while a refund out of the money stands. Twice is once.
    """
    line, standing = _lock_line(session, actor, line_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    matches = _standing_matches(session, line_id)
    for match in matches:
        reverse_receipt(session, actor, clock, receipt_id=match.receipt_id, reason=reason)
    if matches:
        _wait_again(session, actor, clock, line, standing, reason)


def receipt_reversed(session: Session, actor: Actor, clock: Clock, *, receipt_id: str) -> None:
    """A receipt was taken back elsewhere: the line that it came from waits again."""
    line_id = session.scalar(select(LineMatch.line_id).where(LineMatch.receipt_id == receipt_id))
    if line_id is None:
        return
    query = select(LineStanding).where(LineStanding.line_id == line_id)
    standing = session.scalars(locked(query, LineStanding)).one()
    if standing.state == LineState.MATCHED:
        _wait_again(session, actor, clock, session.get_one(StatementLine, line_id), standing, "receipt_reversed")


def _wait_again(
    session: Session, actor: Actor, clock: Clock, line: StatementLine, standing: LineStanding, reason: str
) -> None:
    standing.rounds += 1
    _stand(session, actor, clock, standing, LineState.OPEN, "undone", None, reason)
    unlearn(session, actor, clock, line.id)
    audit.record(session, actor, clock, "banking:undo", "statement_line", line.id, path=line.path, reason=reason)


def _stand(
    session: Session,
    actor: Actor,
    clock: Clock,
    standing: LineStanding,
    state: LineState,
    event: str,
    reason: str | None = None,
    note: str = "",
) -> None:
    standing.state, standing.reason = state, reason
    standing.changed_at, standing.changed_by = clock.now(), actor.id
    told = note.strip() or reason
    session.add(
        LineEvent(
            line_id=standing.line_id, kind=event, reason=told and told[:_LONGEST], at=clock.now(), by=actor.id
        )
    )
    session.flush()  # A later act of this transaction sees where the line stands.

"""What confirmed matches teach: whose account pays for which sale, and what a word of a memo means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.banking.debts import Debt
from ledger.banking.errors import RuleMissing
from ledger.banking.memos import unknown_words
from ledger.banking.models import MatchRule, StatementLine
from ledger.finance.kinds import Debtor
from ledger.finance.sale_labels import label_sales
from ledger.locking import locked
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class RuleRow:
    """A rule in the list; ``payer_tail`` are the last digits of the account."""

    id: str
    kind: str
    payer_tail: str | None
    sale_id: str | None
    word: str | None
    receivable_kind: str | None
    seen: int
    active: bool
    created_at: datetime
    created_by: str
    path: str


def learn(
    session: Session,
    actor: Actor,
    clock: Clock,
    line: StatementLine,
    sale_ids: Sequence[str | None],
    debts: Sequence[Debt],
) -> None:
    """Remember what a confirmed line says; money of a bank or for several sales says nothing about its payer."""
    sale_id = sale_ids[0] if len(sale_ids) == 1 else None
    if sale_id is None or any(debt.debtor is not Debtor.BUYER for debt in debts):
        return
    if line.payer_index is not None:
        says = {"kind": "payer", "payer_index": line.payer_index, "sale_id": sale_id}
        _remember(session, actor, clock, line, says)
    kinds = {str(debt.kind) for debt in debts}
    if len(kinds) == 1:
        label = label_sales(session, [sale_id])[sale_id]
        known = [*label.buyer_names, line.payer or "", label.project_name]
        for word in unknown_words(line.memo, known):
            says = {"kind": "word", "word": word, "receivable_kind": next(iter(kinds))}
            _remember(session, actor, clock, line, says)


def _remember(session: Session, actor: Actor, clock: Clock, line: StatementLine, says: dict[str, str]) -> None:
    query = select(MatchRule).filter_by(project_id=line.project_id, **says)
    rule = session.scalars(locked(query, MatchRule)).one_or_none()
    if rule is not None:
        rule.seen += 1
        # One that its matches were taken back from stands again; one that somebody switched off stays off.
        rule.active = rule.active or rule.seen == 1
        return
    now = clock.now()
    rule = MatchRule(
        project_id=line.project_id,
        path=line.path,
        learned_from=line.id,
        payer_tail=line.payer_tail if says["kind"] == "payer" else None,
        created_at=now,
        created_by=actor.id,
        changed_at=now,
        changed_by=actor.id,
        **says,
    )
    session.add(rule)
    session.flush()  # A second sale of the same line asks for it.


def unlearn(session: Session, actor: Actor, clock: Clock, line_id: str) -> None:
    """A match was taken back: what only it had taught is not used any more."""
    rules = session.scalars(select(MatchRule).where(MatchRule.learned_from == line_id, MatchRule.seen == 1))
    for rule in rules:
        rule.active, rule.seen = False, 0
        rule.changed_at, rule.changed_by = clock.now(), actor.id


def switch_rule(session: Session, actor: Actor, clock: Clock, *, rule_id: str, active: bool) -> None:
    """Use a rule or leave it aside. Raises `RuleMissing` outside the actor's scope."""
    query = scoped(actor, MatchRule, Permission.BANKING_MATCH).where(MatchRule.id == rule_id)
    rule = session.scalars(locked(query, MatchRule)).one_or_none()
    if rule is None:
        raise RuleMissing(id=rule_id)
    if rule.active == active:
        return
    rule.active, rule.changed_at, rule.changed_by = active, clock.now(), actor.id
    after = {"active": active}
    audit.record(session, actor, clock, "banking:switch_rule", "match_rule", rule.id, path=rule.path, after=after)


def list_rules(session: Session, actor: Actor, *, limit: int = 50, offset: int = 0) -> list[RuleRow]:
    """The learned rules of the actor's projects, the latest first."""
    query = (
        select(MatchRule)
        .where(visible(actor, MatchRule, Permission.BANKING_MATCH))
        .order_by(MatchRule.created_at.desc(), MatchRule.id.desc())
    )
    return [
        RuleRow(
            rule.id,
            rule.kind,
            rule.payer_tail,
            rule.sale_id,
            rule.word,
            rule.receivable_kind,
            rule.seen,
            rule.active,
            rule.created_at,
            rule.created_by,
            rule.path,
        )
        for rule in session.scalars(query.limit(limit).offset(offset))
    ]

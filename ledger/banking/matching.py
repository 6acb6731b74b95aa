"""Proposals for lines of money that came in: which debts each pays, why, and how sure that is.

A set of lines is read with a fixed number of queries, so that work grows with the lines and hardly with what is
owed. Nothing is written and nothing is confirmed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.banking import debts as owed
from ledger.banking.combining import Cut, Fit, Sums, cut
from ledger.banking.debts import Debt
from ledger.banking.kinds import Certainty
from ledger.banking.memos import Memo, is_bank, read_memo
from ledger.banking.models import BankAccount
from ledger.banking.queries import LineRow, matched_fen
from ledger.finance.kinds import Debtor, ReceivableKind
from ledger.mortgages.expected import Funding, expected_fundings
from ledger.organisation.models import Project

_AT_ONCE = 1000
MOST = 5
"""So many proposals are shown for a line."""


class Reason(StrEnum):
    """Why a proposal is made, worded for the clerk."""

    HOME = "home"
    HOME_ALONE = "home_alone"
    PAYER_NAME = "payer_name"
    MEMO_NAME = "memo_name"
    PAID_BEFORE = "paid_before"
    KIND = "kind"
    LEARNED_KIND = "learned_kind"
    AMOUNT = "amount"
    SUM = "sum"
    PART = "part"
    OVER = "over"
    RARE_AMOUNT = "rare_amount"
    BANK = "bank"
    LOANS_SUM = "loans_sum"
    EXPECTED = "expected"
    LOAN_NUMBER = "loan_number"
    HOMES_SUM = "homes_sum"
    OTHER_BUYER = "other_buyer"
    SEVERAL_LIKE_IT = "several_like_it"


_IDENTITY = {Reason.HOME, Reason.PAYER_NAME, Reason.MEMO_NAME, Reason.PAID_BEFORE}
_FITS = {Fit.ONE: Reason.AMOUNT, Fit.SEVERAL: Reason.SUM, Fit.PART: Reason.PART, Fit.OVER: Reason.OVER}
_RANK = {Certainty.CERTAIN: 0, Certainty.LIKELY: 1, Certainty.POSSIBLE: 2}


@dataclass(frozen=True)
class Part:
    """So many fen of a line for one receivable, or for an account as credit where ``receivable_id`` is None."""

    owner: str
    sale_id: str | None
    receivable_id: str | None
    kind: ReceivableKind | None
    amount_fen: int
    open_fen: int

    @property
    def key(self) -> str:
        """As a form carries it: receivable (or sale) and fen."""
        return f"{self.receivable_id or f'credit:{self.owner}'}={self.amount_fen}"


@dataclass(frozen=True)
class Proposal:
    """A way to match a line."""

    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    certainty: Certainty

    @property
    def sale_ids(self) -> tuple[str, ...]:
        """The sales concerned, each once."""
        return tuple(dict.fromkeys(part.sale_id for part in self.parts if part.sale_id))


@dataclass(frozen=True)
class Matching:
    """A line with what it says and its proposals, the surest first; ``ignore`` suggests why it may be left out."""

    line: LineRow
    memo: Memo
    proposals: tuple[Proposal, ...]
    ignore: str | None

    @property
    def best(self) -> Proposal | None:
        """The surest proposal."""
        return self.proposals[0] if self.proposals else None


def propose(session: Session, lines: Sequence[LineRow]) -> dict[str, Matching]:
    """Proposals by line id, for lines that the caller may see and that wait to be matched."""
    found: dict[str, Matching] = {}
    by_project: dict[str, list[LineRow]] = defaultdict(list)
    matched = matched_fen(session, [line.id for line in lines])
    for whole in lines:
        line = replace(whole, amount_fen=whole.amount_fen - matched.get(whole.id, 0))
        by_project[line.project_id].append(line)
    accounts = _accounts(session, lines)
    for project_id, theirs in by_project.items():
        waiting = _Waiting()
        sums: dict[tuple[str, Debtor], Sums] = {}
        for start in range(0, len(theirs), _AT_ONCE):
            desk = _Desk(session, project_id, theirs[start : start + _AT_ONCE], accounts, waiting, sums)
            found |= desk.matchings()
    return found


def _accounts(session: Session, lines: Sequence[LineRow]) -> dict[str, str]:
    ids = {line.account_id for line in lines}
    query = select(BankAccount.id, BankAccount.account).where(BankAccount.id.in_(ids))
    return {row.id: row.account for row in session.execute(query)}


@dataclass
class _Waiting:
    """Loans of a project that banks have still to pay: those due longest, and those promised by mortgages."""

    loans: list[Debt] = field(default_factory=list)
    fundings: dict[str, Funding] = field(default_factory=dict)
    promised: list[Debt] = field(default_factory=list)
    known: bool = False

    def look_up(self, session: Session, project_id: str) -> None:
        """Read them once, however many lines there are."""
        if self.known:
            return
        self.known, self.loans = True, owed.loans_waiting(session, project_id)
        self.fundings = expected_fundings(session, project_id)
        found = owed.debts_by_id(session, list(self.fundings))
        self.promised = [found[one] for one in self.fundings if one in found]


@dataclass
class _Desk:
    """Some lines of one project with what was looked up for them; ``waiting`` and ``sums`` are shared."""

    session: Session
    project_id: str
    lines: Sequence[LineRow]
    accounts: dict[str, str]
    waiting: _Waiting
    sums: dict[tuple[str, Debtor], Sums]
    memos: dict[str, Memo] = field(default_factory=dict)
    learned: list[tuple[str, ReceivableKind]] = field(default_factory=list)
    hints: dict[str, dict[str, set[Reason]]] = field(default_factory=dict)
    debts: dict[str, list[Debt]] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)

    def matchings(self) -> dict[str, Matching]:
        """Every line with its proposals."""
        self._read()
        self._look_up()
        return {line.id: self._matching(line) for line in self.lines}

    def _read(self) -> None:
        places = self.session.scalars(select(Project.name).where(Project.id == self.project_id)).all()
        self.memos = {line.id: read_memo(line.memo, places) for line in self.lines}
        self.learned = owed.learned_kinds(self.session, self.project_id)
        self.hints = {line.id: defaultdict(set) for line in self.lines}

    def _look_up(self) -> None:
        homes = owed.sales_of_homes(
            self.session, self.project_id, [h for m in self.memos.values() for h in m.homes]
        )
        names = {name for line in self.lines for name in self._names(line)}
        self.named = owed.sales_of_names(self.session, self.project_id, sorted(names))
        payers = sorted({line.payer_index for line in self.lines if line.payer_index})
        before = owed.sales_of_payers(self.session, self.project_id, payers)
        queue = owed.queue_debts(self.session, self.project_id, sorted(names))
        queue_names: dict[str, list[str]] = defaultdict(list)
        for owner, (name, _) in queue.items():
            queue_names[name].append(owner)
        rare = self._rare()
        for line in self.lines:
            memo, hints = self.memos[line.id], self.hints[line.id]
            for home in memo.homes:
                for sale_id in homes[home]:
                    hints[sale_id].add(Reason.HOME if home.building else Reason.HOME_ALONE)
            for name in self._names(line):
                reason = Reason.PAYER_NAME if name == line.payer else Reason.MEMO_NAME
                for owner in [*self.named.get(name, []), *queue_names.get(name, [])]:
                    hints[owner].add(reason)
            for sale_id in before.get(line.payer_index or "", []):
                hints[sale_id].add(Reason.PAID_BEFORE)
            if not hints:
                for sale_id in rare.get((self._debtor(line), line.amount_fen), []):
                    hints[sale_id].add(Reason.RARE_AMOUNT)
        sales = {owner for hints in self.hints.values() for owner in hints if ":" not in owner}
        self.debts = dict(owed.debts_of(self.session, sales)) | {owner: fees for owner, (_, fees) in queue.items()}
        if any(self._debtor(line) is not Debtor.BUYER for line in self.lines):
            self.waiting.look_up(self.session, self.project_id)

    def _names(self, line: LineRow) -> list[str]:
        payer = [line.payer] if line.payer and not is_bank(line.payer) else []
        return list(dict.fromkeys([*payer, *self.memos[line.id].names]))

    def _rare(self) -> dict[tuple[Debtor, int], list[str]]:
        found: dict[tuple[Debtor, int], list[str]] = {}
        for debtor in Debtor:
            amounts = [line.amount_fen for line in self.lines if self._debtor(line) is debtor]
            if amounts:
                rare = owed.rare_amounts(self.session, self.project_id, amounts, [debtor])
                found |= {(debtor, fen): sale_ids for fen, sale_ids in rare.items()}
        return found

    def _debtor(self, line: LineRow) -> Debtor:
        """Who pays: a bank pays loans, a fund centre fund loans, everybody else is a buyer or pays for one."""
        kinds = self.memos[line.id].kinds
        if ReceivableKind.FUND in kinds and is_bank(line.payer):
            return Debtor.FUND_CENTRE
        return Debtor.BANK if is_bank(line.payer) else Debtor.BUYER

    def _matching(self, line: LineRow) -> Matching:
        memo = self.memos[line.id]
        if self._debtor(line) is Debtor.BUYER:
            proposals = list(self._single(line))
        else:
            expected = list(self._expected(line))
            others = [*self._loans_of_homes(line), *self._single(line), *self._loans_that_sum(line)]
            proposals = _each_once([*expected, *others])
        ranked = sorted(_without_rivals(proposals), key=_order)[:MOST]
        return Matching(line, memo, tuple(ranked), memo.ignorable)

    def _open(self, line: LineRow, owner: str) -> list[Debt]:
        debtor, account = self._debtor(line), self.accounts[line.account_id]
        return [d for d in self.debts.get(owner, []) if d.debtor == debtor and d.fits(account)]

    def _single(self, line: LineRow) -> Iterator[Proposal]:
        """A proposal for each sale or queue fee that something points to."""
        memo = self.memos[line.id]
        learned = {kind for word, kind in self.learned if word in line.memo}
        for owner, hints in self.hints[line.id].items():
            found = cut(line.amount_fen, self._open(line, owner), memo.kinds | learned)
            if found is None:
                continue
            reasons = set(hints) | {_FITS[found.fit]}
            kinds = {debt.kind for debt, _ in found.shares}
            if kinds & memo.kinds:
                reasons.add(Reason.KIND)
            elif kinds & learned:
                reasons.add(Reason.LEARNED_KIND)
            if self._debtor(line) is not Debtor.BUYER:
                reasons.add(Reason.BANK)
            if self._pays_for_another(line, owner, hints):
                reasons.add(Reason.OTHER_BUYER)
            yield _proposal(found, owner, reasons)

    def _pays_for_another(self, line: LineRow, owner: str, hints: set[Reason]) -> bool:
        """Whether the payer has bought something else here and not this."""
        theirs = self.named.get(line.payer or "", [])
        return Reason.PAYER_NAME not in hints and bool(theirs) and owner not in theirs

    def _loans_of_homes(self, line: LineRow) -> Iterator[Proposal]:
        """One line for the loans of several homes that the memo names."""
        owners = [owner for owner, hints in self.hints[line.id].items() if Reason.HOME in hints]
        debts = [debt for owner in owners for debt in self._open(line, owner)]
        if len(owners) > 1 and sum(debt.open_fen for debt in debts) == line.amount_fen:
            yield _together(debts, (Reason.HOME, Reason.BANK, Reason.HOMES_SUM), Certainty.CERTAIN)

    def _expected(self, line: LineRow) -> Iterator[Proposal]:
        """Loans that this very bank has promised: those the memo names by number, or the only ones that fit."""
        account, debtor = self.accounts[line.account_id], self._debtor(line)
        theirs = [
            debt
            for debt in self.waiting.promised
            if debt.debtor == debtor
            and debt.fits(account)
            and self.waiting.fundings[debt.receivable_id].is_of(line.payer)
        ]
        named = [debt for debt in theirs if self.waiting.fundings[debt.receivable_id].is_named_in(line.memo)]
        if named and sum(debt.open_fen for debt in named) == line.amount_fen:
            yield _together(named, (Reason.LOAN_NUMBER, Reason.EXPECTED, Reason.BANK), Certainty.CERTAIN)
            return
        alone = [debt for debt in theirs if debt.open_fen == line.amount_fen]
        several = Sums(theirs[: owed.POOL]).only(line.amount_fen)
        if len(alone) == 1 and several is None:
            yield _together(alone, (Reason.EXPECTED, Reason.BANK, Reason.AMOUNT), Certainty.LIKELY)
        elif several is not None and not alone:
            yield _together(list(several), (Reason.EXPECTED, Reason.BANK, Reason.LOANS_SUM), Certainty.LIKELY)

    def _loans_that_sum(self, line: LineRow) -> Iterator[Proposal]:
        """One line for several loans that banks still have to pay out."""
        if any(Reason.HOME in hints for hints in self.hints[line.id].values()):
            return
        several = self._sums(self.accounts[line.account_id], self._debtor(line)).only(line.amount_fen)
        if several is not None:
            yield _together(list(several), (Reason.BANK, Reason.LOANS_SUM), Certainty.POSSIBLE)

    def _sums(self, account: str, debtor: Debtor) -> Sums:
        """What the waiting loans of a debtor come to that may be paid into an account, reckoned once."""
        if (account, debtor) not in self.sums:
            pool = [debt for debt in self.waiting.loans if debt.debtor == debtor and debt.fits(account)]
            self.sums[account, debtor] = Sums(pool)
        return self.sums[account, debtor]


def _proposal(found: Cut, owner: str, reasons: set[Reason]) -> Proposal:
    sale_id = owner if ":" not in owner else None
    parts = [Part(owner, sale_id, debt.receivable_id, debt.kind, fen, debt.open_fen) for debt, fen in found.shares]
    if found.credit_fen:
        parts.append(Part(owner, sale_id, None, None, found.credit_fen, 0))
    return Proposal(tuple(parts), tuple(sorted(reasons, key=list(Reason).index)), _certainty(reasons))


def _together(debts: Sequence[Debt], reasons: tuple[Reason, ...], certainty: Certainty) -> Proposal:
    parts = tuple(
        Part(debt.owner, debt.sale_id, debt.receivable_id, debt.kind, debt.open_fen, debt.open_fen)
        for debt in debts
    )
    return Proposal(parts, reasons, certainty)


def _each_once(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Of proposals for the same debts the surest."""
    best: dict[frozenset[tuple[str | None, int]], Proposal] = {}
    for one in proposals:
        key = frozenset((part.receivable_id, part.amount_fen) for part in one.parts)
        if key not in best or _order(one) < _order(best[key]):
            best[key] = one
    return list(best.values())


def _certainty(reasons: set[Reason]) -> Certainty:
    """Certain when the amount fits to the fen and two more things agree; nothing is certain by its amount alone.

    That an account paid before says enough beside the amount, since somebody confirmed it then.
    """
    amount = bool(reasons & {Reason.AMOUNT, Reason.SUM})
    identity = reasons & _IDENTITY
    if Reason.OTHER_BUYER in reasons:
        return Certainty.LIKELY if amount and identity else Certainty.POSSIBLE
    agreeing = len(identity) + bool(reasons & {Reason.KIND, Reason.LEARNED_KIND})
    if amount and identity and (agreeing > 1 or Reason.PAID_BEFORE in reasons):
        return Certainty.CERTAIN
    if identity and (amount or agreeing > 1):
        return Certainty.LIKELY
    return Certainty.POSSIBLE


def _without_rivals(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Two certain ways to match one line are none: both are likely, and say so."""
    certain = [one for one in proposals if one.certainty is Certainty.CERTAIN]
    if len(certain) < 2:
        return list(proposals)
    best = max(_weight(one) for one in certain)
    leading = [one for one in certain if _weight(one) == best]
    return [
        one
        if one not in certain or (len(leading) == 1 and one is leading[0])
        else Proposal(one.parts, (*one.reasons, Reason.SEVERAL_LIKE_IT), Certainty.LIKELY)
        for one in proposals
    ]


def _weight(proposal: Proposal) -> int:
    return len(_IDENTITY & set(proposal.reasons)) + (Reason.AMOUNT in proposal.reasons)


def _order(proposal: Proposal) -> tuple[int, int, str]:
    return _RANK[proposal.certainty], -_weight(proposal), proposal.parts[0].key

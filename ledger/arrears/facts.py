"""What happened in an arrears case, told before the commit; handlers carry it into the case's process."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class WorkAsked(Fact):
    """Somebody of the house has something to do in a case: a call, the bank, a dispute, a proof of delivery."""

    case_id: str
    kind: str
    subject_id: str
    task_role: str
    amount_fen: int
    about: str = ""


@dataclass(frozen=True)
class PromiseMade(Fact):
    """A debtor promised to pay."""

    case_id: str
    promise_id: str


@dataclass(frozen=True)
class PromiseKept(Fact):
    """What was promised has arrived before its day was over."""

    case_id: str
    promise_id: str


@dataclass(frozen=True)
class CaseBlocked(Fact):
    """Levels are held back for a time."""

    case_id: str
    block_id: str


@dataclass(frozen=True)
class BlockLifted(Fact):
    """Levels go on before the block's day."""

    case_id: str
    block_id: str


@dataclass(frozen=True)
class ArrearsSettled(Fact):
    """Nothing that a case chases is open any more."""

    case_id: str

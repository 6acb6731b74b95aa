"""The verbs of work on arrears (催缴事务): what came of calls, banks, disputes, deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.api import Context, handler
from ledger.arrears import holding, legal


@dataclass(frozen=True)
class AnswerIn:
    """The level that was said or asked, with what came of it."""

    work_subject_id: str
    outcome: str
    remark: str | None = None


@handler("arrears_work.record_call", again=True)
def record_call(data: AnswerIn, ctx: Context) -> None:
    """Note what the debtor said."""
    legal.record_call(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        step_id=data.work_subject_id,
        outcome=data.outcome,
        remark=data.remark or "",
    )


@handler("arrears_work.record_answer", again=True)
def record_answer(data: AnswerIn, ctx: Context) -> None:
    """Note why the money does not come; papers that failed through the buyer turn the line to him."""
    legal.record_bank(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        step_id=data.work_subject_id,
        outcome=data.outcome,
        remark=data.remark or "",
    )


@dataclass(frozen=True)
class VerdictIn:
    """The dispute and how it was decided."""

    work_subject_id: str
    verdict: str
    remark: str


@handler("arrears_work.record_verdict", again=True)
def record_verdict(data: VerdictIn, ctx: Context) -> None:
    """Upheld, the contested part is chased no more; rejected, it is again."""
    holding.decide_dispute(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        dispute_id=data.work_subject_id,
        upheld=data.verdict == "upheld",
        remark=data.remark,
    )


@dataclass(frozen=True)
class ProofIn:
    """The legal step, the day of its delivery and the paper that proves it."""

    work_subject_id: str
    delivered_on: str
    document_id: str


@handler("arrears_work.record_proof", again=True)
def record_proof(data: ProofIn, ctx: Context) -> None:
    """Keep the proof of delivery. Raises what the ledger refuses about the day."""
    legal.prove_delivery(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        legal_step_id=data.work_subject_id,
        delivered_on=date.fromisoformat(data.delivered_on),
        document_id=data.document_id,
    )

"""The steps of a title case: registered, papers, tax and fund, handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.api import Context, handler
from handlers.title.case import CaseIn
from ledger.titles import cases, charges, steps
from ledger.titles.kinds import HandedTo
from ledger.titles.models import TitleCase


@handler("title.note_registered", again=True)
def note_registered(data: CaseIn, ctx: Context) -> None:
    """The building is registered."""
    cases.note_registered(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)


@dataclass(frozen=True)
class PapersIn:
    """The papers that are there."""

    case_id: str
    papers: list[str]


@handler("title.keep_papers", again=True)
def keep_papers(data: PapersIn, ctx: Context) -> None:
    """Keep the checklist. Raises what the ledger refuses, by field."""
    steps.keep_papers(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id, papers=data.papers)


@dataclass(frozen=True)
class ChargesOut:
    """Whether tax or fund is still to be paid, in fen."""

    charges_open: bool
    charges_fen: int


@handler("title.ask_charges", again=True)
def ask_charges(data: CaseIn, ctx: Context) -> ChargesOut:
    """Let finance collect what is open."""
    case = ctx.session.get_one(TitleCase, data.case_id)
    fen = charges.ask_charges(ctx.session, ctx.ledger_actor, ctx.clock, sale_id=case.sale_id)
    return ChargesOut(fen > 0, fen)


@handler("title.note_paid", again=True)
def note_paid(data: CaseIn, ctx: Context) -> None:
    """Tax and fund are paid; it can be submitted."""
    steps.note_paid(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)


@dataclass(frozen=True)
class HandOutIn:
    """When the certificate was handed out, and to whom."""

    case_id: str
    handed_on: str
    handed_to: str


@handler("title.hand_out", again=True)
def hand_out(data: HandOutIn, ctx: Context) -> None:
    """Note the hand-out. Raises what the ledger refuses, by field."""
    steps.hand_out(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        case_id=data.case_id,
        handed_on=date.fromisoformat(data.handed_on),
        to=HandedTo(data.handed_to),
    )

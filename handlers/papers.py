"""Confirmed money asks for its paper (票据); money that is taken back makes its paper void."""

from __future__ import annotations

import dataclasses

from kernel.actor import Actor
from kernel.facts import Telling, on
from ledger.finance.facts import ReceiptConfirmed, ReceiptReversed
from ledger.papers.operations import ask_for_paper, void_papers_of


@on(ReceiptConfirmed)
def paper_is_due(fact: ReceiptConfirmed, telling: Telling) -> None:
    """Where the project keeps number ranges, the money asks for a paper."""
    ask_for_paper(telling.session, _as_system(telling.actor), telling.clock, receipt_id=fact.receipt_id)


@on(ReceiptReversed)
def paper_is_void(fact: ReceiptReversed, telling: Telling) -> None:
    """The paper of money that was taken back is void."""
    void_papers_of(telling.session, _as_system(telling.actor), telling.clock, receipt_id=fact.receipt_id)


def _as_system(actor: Actor) -> Actor:
    """The person whose act this was, with the system's rights: the fact is the authorisation."""
    return dataclasses.replace(actor, is_system=True)

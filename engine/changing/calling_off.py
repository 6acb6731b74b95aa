"""Ending a case as if it had not been begun: what waits ends, what was done is undone.

Nothing runs here; what speaks against it is found on the tokens and on what was done.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.changing.going_back import lost, not_undone
from engine.changing.placing import Hand, Placed
from engine.changing.undoing import is_undoing
from engine.findings import ERROR, Finding
from engine.handlers import HandlerRegistry
from engine.spiff.case import Case
from engine.spiff.relink import resting


def call_off(case: Case, done: Iterable[str], registry: HandlerRegistry) -> list[Finding]:
    """Change the case in memory; ``done`` are the elements that were done in it.

    With a finding the case in memory is of no more use.
    """
    if is_undoing(case):
        return [Finding("change_while_undoing", ERROR)]
    taken, placed = case.records.take(lambda _record: True), Placed()
    hand = Hand(case, placed)
    for token in resting(case):
        if not token.armed:
            hand.take(token)
    findings = [*lost(case, placed), *not_undone(case, done, taken, registry)]
    if findings:
        return findings
    if taken:
        case.compensation.undo_beside(case, case.spec.start, taken)
    else:
        case.finish_if_empty()
    return []

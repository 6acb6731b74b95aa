"""Who was added to a task, and how their signing stands."""

from __future__ import annotations

from engine.host import Host
from engine.results.signing import Signer, SigningState, SigningTally
from engine.results.tasks import Task
from engine.signing.rule import decision_of, opinion_of
from engine.store.signing import Added, added_to, signings_of, tally_of
from engine.tables.columns import AnyRow


def signing_state(host: Host, task: Task) -> tuple[SigningState, ...]:
    """The signings of a task, or of the one that its assignee was added to; oldest first."""
    if task.held is None and task.parent_id is None:
        return ()
    root = task.parent_id or task.id
    added = added_to(host.session, root)
    return tuple(
        _state(signing, [one for one in added if one.signing_id == signing.id])
        for signing in signings_of(host.session, root)
    )


def _state(signing: AnyRow, added: list[Added]) -> SigningState:
    tally = tally_of(signing, added)
    planned = [Signer(person, "planned") for person in signing.people] if not added else []
    return SigningState(
        part=signing.part,
        rule=signing.rule,
        number=signing.number,
        state=signing.state,
        outcome=signing.outcome,
        holder=signing.holder,
        reason=signing.reason,
        opened_at=signing.opened_at,
        over_at=signing.over_at,
        tally=SigningTally(tally.people, tally.needed, tally.agreed, tally.against),
        signers=tuple(planned or (_signer(one) for one in added)),
        answers=dict(signing.answers),
    )


def _signer(one: Added) -> Signer:
    task = one.task
    person = task.completed_by or task.assignee or ""
    if not one.decided:
        return Signer(person, task.state, task_id=task.id)
    decision, opinion = decision_of(one.answers), opinion_of(one.answers)
    return Signer(person, task.state, decision, opinion, task.completed_at, task.id, task.on_behalf_of)

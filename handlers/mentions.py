"""Who is named in a comment is told (@提醒), in the transaction that writes the comment."""

from __future__ import annotations

import dataclasses

from engine.api import Instance, PeopleMentioned
from handlers.subscriptions import FACTORY, EngineFactory
from kernel.facts import Telling, on
from ledger.notices.operations import Telling as Told
from ledger.notices.operations import notify

_CALLED = ("sale_no", "subject", "unit")


@on(PeopleMentioned)
def people_mentioned(fact: PeopleMentioned, telling: Telling) -> None:
    """Each by the channels of their choice, once for a comment however often it is worded anew."""
    factory: EngineFactory = telling.session.info[FACTORY]
    as_system = dataclasses.replace(telling.actor, is_system=True)
    case = _called(factory(telling.session, as_system).get_instance(fact.instance_id))
    tellings = []
    for person in fact.people:
        told = {
            "author": telling.actor.name,
            "case": case,
            "instance_id": fact.instance_id,
            "task_id": fact.task_id,
            "comment_id": fact.comment_id,
        }
        link = f"/cases/{fact.instance_id}#comments"
        tellings.append(Told("mentioned", person, fact.comment_id, fact.path, told, link=link))
    notify(telling.session, telling.clock, tellings)


def _called(case: Instance) -> str:
    """What people call the case: its paper, its unit, else its number."""
    names = (case.facts.get(name) for name in _CALLED)
    return next((str(name) for name in names if name), case.business_key or case.key)

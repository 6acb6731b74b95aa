"""One-time links: whose they are decides, not who opens them, and one that does not hold is refused to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kernel.actor import SYSTEM, Actor
from ledger.staff.models import Staff
from tests.webapp.permissions.table import compare
from tests.webapp.permissions.walking import Walk, walking
from tests.webapp.permissions.world import NONE, World
from webapp.links.offers import DECIDE, Offer
from webapp.links.tokens import mint, token_of

pytestmark = pytest.mark.xdist_group("permissions house.txt")
APPROVED = {"decision": "approved", "remark": "as agreed"}


@pytest.fixture
def walk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """The application with everybody signed in."""
    with walking(world, monkeypatch) as walk:
        yield walk


def link_of(
    world: World, actor: Actor, *, used: datetime | None = None, expires: datetime | None = None, revision: int = 0
) -> str:
    """The address of a link by which somebody decides the task; ``revision`` is counted from the task's own."""
    database = world.house.database
    offer = Offer(DECIDE, world.task.id, world.task.revision + revision)
    with database.unit_of_work(SYSTEM) as session:
        person = session.get_one(Staff, actor.id)
        link = mint(session, database.clock, person, offer, "mail")
        link.used_at, link.expires_at = used, expires or link.expires_at
    return f"/d/{token_of(database.vault, link.id)}"


@pytest.fixture
def links(world: World) -> dict[str, str]:
    """The link that each would have had as approver, by the person's id; made before anything is taken back."""
    return {actor.id: link_of(world, actor) for _, _, actor in world.everybody()}


@pytest.fixture
def spoilt(world: World) -> dict[str, str]:
    """Links of the sales manager's that no longer hold, by the reason."""
    manager, now = world.people["here"]["sales_manager"], world.house.database.clock.now()
    return {
        "used": link_of(world, manager, used=now),
        "expired": link_of(world, manager, expires=now - timedelta(hours=1)),
        "the task moved": link_of(world, manager, revision=-1),
        "never made": f"/d/{NONE}",
    }


def test_a_link_lets_its_holder_do_what_the_holders_role_may(links: dict[str, str], walk: Walk) -> None:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for method in ("GET", "POST"):
        outcomes: dict[str, dict[str, str]] = {}
        for place, role, actor in walk.world.everybody():
            answer = walk.ask(
                method, links[actor.id], None, place=place, data=APPROVED if method == "POST" else None
            )
            outcomes.setdefault(place, {})[role] = walk.outcome(f"{method} {links[actor.id]}", answer)
        found[f"{method} /d/<token>"] = outcomes
    told = compare("links.txt", found)
    assert not told, "\n".join(told)


def test_who_opens_it_neither_gains_nor_spoils_anything(links: dict[str, str], walk: Walk) -> None:
    manager, clerk = (walk.world.people["here"][role].id for role in ("sales_manager", "finance_clerk"))
    for _, _, reader in walk.world.everybody():
        assert walk.ask("POST", links[clerk], reader.id, data=APPROVED).status_code == 403
        assert not walk.kept
        assert walk.ask("POST", links[manager], reader.id, data=APPROVED).status_code == 200
        written = " ".join(walk.kept)
        assert "webapp_task_link" in written, "it is used up"


@pytest.mark.parametrize("reason", ["used", "expired", "the task moved", "never made"])
def test_a_link_that_does_not_hold_is_refused_to_everybody(
    spoilt: dict[str, str], walk: Walk, reason: str
) -> None:
    for place, _, reader in walk.world.everybody():
        for method in ("GET", "POST"):
            answer = walk.ask(
                method, spoilt[reason], reader.id, place=place, data=APPROVED if method == "POST" else None
            )
            assert answer.status_code in (404, 409), f"{reason}: {answer.text}"
            assert not walk.kept
            assert "Traceback" not in answer.text

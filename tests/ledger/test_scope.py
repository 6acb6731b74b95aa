"""The data scope: what a grant reaches, and what it never reaches."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger.sources
from kernel.actor import SYSTEM, Actor, Grant
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.customers import timeline
from ledger.documents.models import Document
from ledger.documents.operations import store_document
from ledger.organisation.models import OrgNode, PresalePermit, Project
from ledger.scope import get_scoped, paths_above, require_on, scoped, visible

Make = Callable[..., Actor]
codes = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=8)


def store(session: Session, clock: MovedClock, path: str, owner_id: str | None = None) -> Document:
    paper = {"kind": "notice", "subject": "sale", "subject_id": "1", "number": None, "pdf": b"%PDF"}
    return store_document(session, SYSTEM, clock, **paper, path=path, owner_id=owner_id)


def seen(session: Session, actor: Actor) -> set[str]:
    return {document.path for document in session.scalars(scoped(actor, Document, "documents:view"))}


def test_a_grant_reaches_its_node_and_below_and_nothing_beside(
    session: Session, clock: MovedClock, actor_with: Make
) -> None:
    for path in ("/g/a/", "/g/a/b/", "/g/ab/", "/g/", "/g/a_/", "/h/a/"):
        store(session, clock, path)
    assert seen(session, actor_with("documents:view", path="/g/a/")) == {"/g/a/", "/g/a/b/"}
    assert seen(session, actor_with("documents:view", path="/g/a_/")) == {"/g/a_/"}
    assert len(seen(session, actor_with("documents:view"))) == len(seen(session, SYSTEM)) == 6
    assert seen(session, actor_with("customers:view")) == set()
    assert seen(session, Actor("nobody", "Nobody")) == set()


def test_ones_own_are_those_one_owns_or_owns_for_another(
    session: Session, clock: MovedClock, actor_with: Make
) -> None:
    actor = actor_with("documents:view", path="/g/", own_only=True)
    store(session, clock, "/g/mine/", actor.id)
    store(session, clock, "/g/hers/", "colleague")
    store(session, clock, "/g/nobodys/")
    store(session, clock, "/h/mine/", actor.id)
    assert seen(session, actor) == {"/g/mine/"}
    assert seen(session, replace(actor, on_behalf_of="colleague")) == {"/g/mine/", "/g/hers/"}


def test_a_wider_grant_beside_a_narrow_one_widens(session: Session, clock: MovedClock) -> None:
    store(session, clock, "/g/a/", "other")
    store(session, clock, "/g/b/", "other")
    view = frozenset({"documents:view"})
    actor = Actor("me", "Me", (Grant("c", "/g/", view, own_only=True), Grant("m", "/g/a/", view)))
    assert seen(session, actor) == {"/g/a/"}


def test_rows_that_nobody_owns_are_not_ones_own(session: Session, project: Project, actor_with: Make) -> None:
    own = actor_with("units:view", path="/keyturn/", own_only=True)
    assert session.scalars(scoped(own, OrgNode, "units:view")).all() == []
    assert session.scalars(scoped(own, Project, "units:view")).all() == [project]


def test_what_lies_outside_looks_absent(session: Session, project: Project, actor_with: Make) -> None:
    for actor, row_id in (
        (actor_with("units:view", path="/keyturn/beijing/"), project.id),
        (actor_with("units:view"), "no such id"),
    ):
        with pytest.raises(Missing) as refusal:
            get_scoped(session, actor, Project, "units:view", row_id)
        assert refusal.value.code == "project_missing"


def test_a_model_without_a_place_cannot_be_queried_by_scope(session: Session, actor_with: Make) -> None:
    with pytest.raises(AttributeError):
        select(PresalePermit).where(visible(actor_with("units:view", path="/g/"), PresalePermit, "units:view"))


def test_an_act_on_one_row_asks_for_its_place_and_its_owner(actor_with: Make) -> None:
    own = actor_with("sales:hold", path="/g/", own_only=True)
    require_on(own, "sales:hold", path="/g/a/", owner_id=own.id)
    for path, owner in (("/g/a/", "other"), ("/g/a/", None), ("/h/", own.id)):
        with pytest.raises(NotAllowed):
            require_on(own, "sales:hold", path=path, owner_id=owner)
    require_on(actor_with("sales:hold", path="/g/"), "sales:hold", path="/g/a/", owner_id="other")


@given(st.lists(codes, max_size=6))
def test_the_paths_above_go_from_the_node_to_the_root(parts: list[str]) -> None:
    path = "/" + "".join(f"{part}/" for part in parts)
    above = paths_above(path)
    assert above[0] == path and above[-1] == "/"
    assert len(above) == len(parts) + 1
    assert all(path.startswith(one) for one in above)


def test_every_noun_adds_its_events_to_the_timeline() -> None:
    assert ledger.sources
    assert {"contacts", "kinds", "revisions", "documents", "messages"} <= timeline._sources.keys()

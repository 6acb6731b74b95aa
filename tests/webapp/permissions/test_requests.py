"""Every endpoint of the API and every page, asked for by every role, and by nobody at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule

from ledger.staff.tokens import issue_token
from tests.webapp.permissions.addresses import EVERYBODY, VARIANTS, named_ids
from tests.webapp.permissions.bodies import bodies, queries
from tests.webapp.permissions.forms import QUERIES, SHOWN, STANDS, form_of
from tests.webapp.permissions.table import Outcomes, compare
from tests.webapp.permissions.walking import Walk, walking
from tests.webapp.permissions.world import World

# The desks of each table. One table is walked by one worker, and the longest are begun first.
TABLES = {
    "api.txt": ("api",),
    "work.txt": ("inbox", "boards", "notifications", "approval_sheet", "reviews", "lookup", "account"),
    "business.txt": ("units", "customers", "sales", "changes", "documents", "finance", "mortgages", "titles"),
    "after_sales.txt": ("handover", "progress", "portal_desk"),
    "house.txt": (
        "staff", "organisation", "calendars", "plans", "audit", "operations", "studio", "message_texts",
        "paper_templates",
    ),
}  # fmt: skip
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Line:
    """What is asked for: a rule with a method, in one of its variants."""

    rule: Rule
    method: str
    variant: str = ""

    @property
    def name(self) -> str:
        """As the tables have it."""
        return f"{self.method} {self.rule.rule}" + (f" [{self.variant}]" if self.variant else "")

    @property
    def desk(self) -> str:
        """The blueprint, or the endpoint that has none."""
        return self.rule.endpoint.partition(".")[0]

    def address(self, app: Flask, world: World) -> str:
        """Where it is asked for."""
        values = named_ids(world, self.rule.rule, self.variant, self.rule.arguments) | dict(
            self.rule.defaults or {}
        )
        with app.test_request_context():
            return app.url_map.bind("localhost").build(self.rule.endpoint, values)


def lines(app: Flask) -> Iterator[Line]:
    """Everything that can be asked for."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule)):
        for method in sorted((rule.methods or set()) & METHODS):
            for variant in VARIANTS.get(f"{method} {rule.rule}", ("",)):
                yield Line(rule, method, variant)


@pytest.fixture
def walk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """The application with everybody signed in."""
    with walking(world, monkeypatch) as walk:
        yield walk


def test_every_address_is_walked_or_stands_among_those_that_everybody_may_open(walk: Walk) -> None:
    desks = {desk for walked in TABLES.values() for desk in walked}
    found = {one.name.partition(" [")[0]: one.desk for one in lines(walk.app)}
    unknown = [name for name, desk in found.items() if desk not in desks and name not in EVERYBODY]
    assert not unknown, (
        f"Walk them with a table in {__file__}, or say in EVERYBODY why nobody is refused: {unknown}"
    )
    gone = [name for name in EVERYBODY if name not in found]
    assert not gone, f"These stand in EVERYBODY and are gone: {gone}"


PAGES = [
    pytest.param(file, marks=pytest.mark.xdist_group(f"permissions {file}"))
    for file in TABLES
    if file != "api.txt"
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file", PAGES)
def test_every_page_lets_in_whom_the_table_says(walk: Walk, file: str) -> None:
    found: dict[str, Outcomes] = {}
    unheard: list[str] = []
    for one in (one for one in lines(walk.app) if one.desk in TABLES[file] and one.name not in EVERYBODY):
        path, shown = one.address(walk.app, walk.world), SHOWN.get(one.name)
        walk.drawing.always = shown is not None
        _require_sign_in(walk, one, path)
        outcomes: dict[str, dict[str, str]] = {}
        statuses = set()
        for place, role, actor in walk.world.everybody():
            sent = {"data": form_of(walk.world, one.name)} if one.method == "POST" else {}
            answer = walk.ask(
                one.method,
                path,
                actor.id,
                place=place,
                query_string=QUERIES.get(one.name, _nothing)(walk.world),
                **sent,
            )
            told = walk.outcome(one.name, answer, walk.world.ids[shown] if shown else None)
            outcomes.setdefault(place, {})[role] = told
            statuses |= {answer.status_code} if told == "yes" else set()
        if statuses == {422} and one.name not in STANDS:
            unheard.append(f"{one.name}: {answer.text}")
        found[one.name] = outcomes
    assert not unheard, "\n".join([*unheard, "Say in forms.py what these forms must say."])
    told = compare(file, found)
    assert not told, "\n".join(told)


def _require_sign_in(walk: Walk, one: Line, path: str) -> None:
    assert walk.outcome(one.name, walk.ask(one.method, path, None)) == "sign in", f"{one.name} opens to anybody"
    if one.method == "POST":
        somebody = walk.world.people["house"]["administrator"].id
        forged = walk.ask(one.method, path, somebody, headers={"X-CSRFToken": ""})
        assert forged.status_code == 400, f"{one.name} takes a form that came from elsewhere"


def _nothing(_world: World) -> dict[str, str]:
    return {}


@pytest.fixture
def tokens(world: World) -> dict[str, str]:
    """A token of everybody's who has a role."""
    database = world.house.database
    secrets: dict[str, str] = {}
    for _, role, actor in world.everybody():
        if role:
            with database.unit_of_work(actor) as session:
                secrets[actor.id] = issue_token(session, actor, database.clock, name="walk").secret
    return secrets


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("permissions api.txt")
def test_every_endpoint_of_the_api_lets_in_whom_the_table_says(tokens: dict[str, str], walk: Walk) -> None:
    sent, behind, found = bodies(walk.world), queries(walk.world), {}
    unheard: list[str] = []
    for one in (one for one in lines(walk.app) if one.desk == "api"):
        path, body = one.address(walk.app, walk.world), sent.get((one.method, one.rule.rule))
        ask = {"json": body if body is not None else ({} if one.method != "GET" else None)}
        ask["query_string"] = behind.get((one.method, one.rule.rule))
        assert walk.call(one.method, path, None, **ask).status_code == 401, f"{one.name} answers without a token"
        outcomes: dict[str, dict[str, str]] = {}
        let_in = False
        for place, role, actor in walk.world.everybody():
            if role:
                answer = walk.call(one.method, path, tokens[actor.id], **ask)
                outcomes.setdefault(place, {})[role] = walk.outcome(one.name, answer)
                let_in |= answer.status_code != 422
        # Files come without a schema; what an endpoint does with none of them its own tests show.
        if not let_in and (one.method == "GET" or body is not None):
            unheard.append(f"{one.name} refuses what everybody sends: {answer.text}")
        found[one.name] = outcomes
    assert not unheard, "\n".join([*unheard, "Say in bodies.py what these endpoints want to be sent."])
    told = compare("api.txt", found)
    assert not told, "\n".join(told)

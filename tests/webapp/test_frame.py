"""The frame of a page: who sees which desk, where links lead, how codes are worded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, render_template_string

from kernel.actor import Actor
from tests.webapp.conftest import sign_in
from webapp.navigation import NavEntry, add_entry
from webapp.wording import state_name, word

PAGE = '{% extends "layout.html" %}{% set page_title = "Test" %}{% block content %}{{ query_url(page=2, q=none) }}{% endblock %}'


def with_desks(make_app: Callable[..., Flask], actor: Actor | None) -> Flask:
    desks = []
    for name in ("finance", "sales"):
        desk = Blueprint(name, name, url_prefix=f"/{name}")
        desk.add_url_rule("/", "index", lambda: render_template_string(PAGE))
        desks.append(desk)
    app = make_app(*desks)
    add_entry(app, NavEntry("finance.index", "Finance desk", "coin-yuan", "business", 20, "finance:view"))
    add_entry(
        app,
        NavEntry("sales.index", "Sales desk", "layout-board", "business", 10, "sales:view", count=lambda: 1200),
    )
    if actor:
        sign_in(app, actor, language="en")
    return app


def test_a_reader_sees_the_desks_his_rights_open(
    make_app: Callable[..., Flask], actor_with: Callable[..., Actor]
) -> None:
    text = with_desks(make_app, actor_with("sales:view")).test_client().get("/sales/").text
    assert "Sales desk" in text
    assert "Finance desk" not in text
    assert "999+" in text


def test_the_present_desk_is_marked(make_app: Callable[..., Flask], admin: Actor) -> None:
    text = with_desks(make_app, admin).test_client().get("/finance/").text
    assert 'href="/finance/" aria-current="page"' in text
    assert 'href="/sales/" aria-current' not in text


def test_nobody_signed_in_sees_no_desk(make_app: Callable[..., Flask]) -> None:
    text = with_desks(make_app, None).test_client().get("/finance/").text
    assert "Finance desk" not in text


def test_an_address_with_changed_arguments_keeps_the_others(make_app: Callable[..., Flask], admin: Actor) -> None:
    text = with_desks(make_app, admin).test_client().get("/finance/?sort=-due&q=x&page=1").text
    assert "/finance/?sort=-due&amp;page=2" in text


def test_codes_are_worded_with_their_parameters_as_people_read_them(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert "loading price lists" in word("permission_missing", {"permission": "units:import"})
        assert word("no_such_code", {"amount_fen": 5}) == "This cannot be done (no_such_code)."
        assert word("too_long", {}) == "This is too long; at most — characters fit."
        assert state_name("unit.part_way") == "part way"
        assert state_name("role.legal") == "Legal counsel"


def test_a_step_in_a_refusal_is_called_as_the_diagram_calls_it_in_the_readers_language(app: Flask) -> None:
    params = {"element": "Record the submission", "element_labels": {"zh": "登记提交"}}
    for language, named in (("zh", "“登记提交”"), ("en", "“Record the submission”")):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            assert named in word("back_needs_undoing", params)


def test_names_in_errors_come_from_the_directory(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    texts = {"taken": "Taken by %(who)s at %(at)s for %(price_fen)s"}
    monkeypatch.setattr("webapp.wording.texts", lambda: texts)
    app.extensions["keyturn.names"] = {"s-1": "周建国"}.__getitem__
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        params = {"who": "s-1", "at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "price_fen": 312_640_000}
        assert word("taken", params) == "Taken by 周建国 at 2 Mar 2026, 09:00 for ¥3,126,400.00"


def test_a_phone_has_the_desk_at_which_one_works_in_its_bar(
    make_app: Callable[..., Flask], actor_with: Callable[..., Actor]
) -> None:
    app = with_desks(make_app, actor_with("sales:view", "finance:view", "finance:receive"))
    for number in range(4):
        add_entry(app, NavEntry("sales.index", f"Desk {number}", "flag", order=number))
    add_entry(app, NavEntry("finance.index", "Money", "coin-yuan", order=90, desk_of="finance:receive"))
    bar = app.test_client().get("/sales/").text.partition('class="kt-bottom')[2].partition("</nav>")[0]
    assert "Money" in bar
    assert "Desk 2" in bar
    assert "Desk 3" not in bar

"""The reader's language, switched at once and never a way off the site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel.actor import Actor
from tests.webapp.conftest import sign_in
from webapp.language import language_chosen, safe_path


def test_a_browser_that_says_nothing_reads_chinese(client: FlaskClient) -> None:
    assert 'lang="zh-CN"' in client.get("/nowhere").text


def test_the_browsers_wish_counts_until_the_reader_chooses(client: FlaskClient) -> None:
    wish = {"Accept-Language": "en-GB,en;q=0.9"}
    assert 'lang="en"' in client.get("/nowhere", headers=wish).text
    client.set_cookie("language", "zh")
    assert 'lang="zh-CN"' in client.get("/nowhere", headers=wish).text


def test_a_persons_own_setting_wins_over_the_device(app: Flask, admin: Actor) -> None:
    sign_in(app, admin, language="en")
    client = app.test_client()
    client.set_cookie("language", "zh")
    assert 'lang="en"' in client.get("/nowhere").text


def test_switching_takes_effect_at_once_and_returns_to_the_page(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    chosen: list[str] = []

    def remember(_sender: object, language: str) -> None:
        chosen.append(language)

    client = app.test_client()
    with language_chosen.connected_to(remember):
        answer = client.post("/language", data={"language": "en", "next": "/sales/board?floor=3"})
    assert (answer.status_code, answer.location) == (303, "/sales/board?floor=3")
    assert chosen == ["en"]
    assert 'lang="en"' in client.get("/nowhere").text


def test_an_unknown_language_changes_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/language", data={"language": "xx", "next": "/"})
    assert "language=" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "",
        None,
        "evil",
    ],
)
def test_a_return_address_never_leads_off_the_site(app: Flask, target: str | None) -> None:
    with app.test_request_context("/"):
        assert safe_path(target) == "/"


def test_a_return_address_of_this_site_is_kept(app: Flask) -> None:
    with app.test_request_context("/"):
        assert safe_path("http://localhost/inbox?page=2") == "/inbox?page=2"

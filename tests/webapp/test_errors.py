"""Refusals and failures become answers that say what to do, in the form the asker understands."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing, NotAllowed, Stale

ENGLISH = {"Accept-Language": "en"}


def failing(make_app: Callable[..., Flask], error: Exception, path: str = "/fail") -> FlaskClient:
    desk = Blueprint("desk", __name__)

    @desk.route(path, methods=["GET", "POST"])
    def fail() -> str:
        raise error

    app = make_app(desk)
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotAllowed(), 403, "You may not do this"),
        (NotAllowed("permission_missing", permission="units:import", path="/"), 403, "loading price lists"),
        (Missing(), 404, "outside what you may see"),
        (Stale(), 409, "has changed meanwhile"),
        (Invalid("required", field="price"), 422, "Please fill this in."),
        (KeyturnError(), 422, "Some entries need correcting"),
    ],
)
def test_each_refusal_has_its_status_and_says_what_to_do(
    make_app: Callable[..., Flask], error: KeyturnError, status: int, words: str
) -> None:
    answer = failing(make_app, error).get("/fail", headers=ENGLISH)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_refusal_reads_in_chinese_too(make_app: Callable[..., Flask]) -> None:
    assert "他人已先行操作" in failing(make_app, Stale()).get("/fail").text


def test_the_api_answers_json_with_the_fields(make_app: Callable[..., Flask]) -> None:
    error = AnswersInvalid({"price": [("required", {})]})
    answer = failing(make_app, error, "/api/v1/fail").post("/api/v1/fail", headers=ENGLISH)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "answers_invalid"
    assert answer.json["fields"] == {"price": ["Please fill this in."]}
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_a_part_of_a_page_gets_a_notice_instead_of_a_page(make_app: Callable[..., Flask]) -> None:
    answer = failing(make_app, Stale()).post("/fail", headers={**ENGLISH, "HX-Request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert answer.headers["HX-Retarget"] == "#kt-notices"
    assert "quicker" in unquote(answer.headers["KT-Error"])


def test_a_failure_shows_nothing_of_its_inside(make_app: Callable[..., Flask]) -> None:
    answer = failing(make_app, RuntimeError("secret 13812341234")).get("/fail", headers=ENGLISH)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Nothing was saved" in answer.text


def test_a_failure_is_logged_without_its_message(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(make_app, RuntimeError("secret 13812341234")).get("/fail")
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert "13812341234" not in logged.out + logged.err


def test_a_database_that_is_away_asks_for_patience(make_app: Callable[..., Flask]) -> None:
    error = OperationalError("SELECT 1", {}, Exception("connection refused"))
    answer = failing(make_app, error).get("/fail", headers=ENGLISH)
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.text


class Deadlock(Exception):
    """What PostgreSQL says to one of two who wait for each other."""

    sqlstate = "40P01"


@pytest.mark.parametrize(("meetings", "status", "calls"), [(1, 200, 2), (3, 200, 4), (9, 503, 4)])
def test_who_only_met_others_is_answered_by_doing_it_again(
    make_app: Callable[..., Flask], meetings: int, status: int, calls: int
) -> None:
    desk, seen = Blueprint("desk", __name__), []

    @desk.get("/act")
    def act() -> str:
        seen.append(len(seen))
        if len(seen) <= meetings:
            raise OperationalError("UPDATE", {}, Deadlock())
        return "done"

    answer = make_app(desk).test_client().get("/act", headers=ENGLISH)
    assert (answer.status_code, len(seen)) == (status, calls)


def test_a_refusal_after_meeting_others_is_told_like_any(make_app: Callable[..., Flask]) -> None:
    desk, seen = Blueprint("desk", __name__), []

    @desk.get("/act")
    def act() -> str:
        seen.append(1)
        raise OperationalError("UPDATE", {}, Deadlock()) if len(seen) == 1 else Missing("unit")

    assert make_app(desk).test_client().get("/act", headers=ENGLISH).status_code == 404


def test_an_upload_that_is_too_large_says_how_much_fits(make_app: Callable[..., Flask]) -> None:
    desk = Blueprint("desk", __name__)

    @desk.post("/upload")
    def upload() -> str:
        return "took it without looking"

    app = make_app(desk, max_upload=100 * 1024)
    app.config["WTF_CSRF_ENABLED"] = False
    sent = {"file": (io.BytesIO(b"x" * 200_000), "prices.xlsx")}
    answer = app.test_client().post("/upload", data=sent, headers=ENGLISH)
    assert answer.status_code == 413
    assert "100 KB" in answer.text


def test_a_host_that_is_not_ours_gets_no_page(make_app: Callable[..., Flask]) -> None:
    client = make_app(trusted_hosts=("keyturn.example",)).test_client()
    assert client.get("/healthz", headers={"Host": "keyturn.example"}).status_code == 200
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "not served here" in answer.text


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "en"}, headers=ENGLISH)
    assert answer.status_code == 400
    assert "open too long" in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_error_page_can_be_drawn_in_both_languages(client: FlaskClient, status: int) -> None:
    for language in ("zh", "en"):
        answer = client.get(f"/styleguide/error/{status}", headers={"Accept-Language": language})
        assert answer.status_code == status
        assert "<h1" in answer.text

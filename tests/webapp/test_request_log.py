"""A line per request, with its id, without anybody's data."""

from __future__ import annotations

import errno
import io
import json

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from kernel.actor import Actor
from tests.webapp.conftest import sign_in
from webapp import request_log


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> object:
    """Read the log lines written since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture(autouse=True)
def _configured() -> object:
    before = structlog.get_config()
    yield None
    structlog.configure(**before)


def test_a_request_is_logged_with_its_id_and_the_actors_id_only(app: Flask, admin: Actor, lines) -> None:  # type: ignore[no-untyped-def]
    request_log.configure("INFO", as_json=True)
    sign_in(app, admin)
    answer = app.test_client().get("/styleguide/list?q=13812341234")
    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["endpoint"], line["status"], line["actor"]) == ("styleguide.listing", 200, admin.id)
    assert "13812341234" not in json.dumps(line)
    assert admin.name not in json.dumps(line, ensure_ascii=False)


def test_values_under_personal_keys_never_reach_the_log(lines) -> None:  # type: ignore[no-untyped-def]
    request_log.configure("INFO", as_json=True)
    structlog.get_logger().info("told", phone="13812341234", name="王磊", sale="s-1")
    (line,) = lines()
    assert (line["phone"], line["name"], line["sale"]) == ("[withheld]", "[withheld]", "s-1")


def test_a_proxys_request_id_is_kept_when_it_is_one(client: FlaskClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})
    made = client.get("/healthz", headers={"X-Request-ID": "<script>"})
    assert kept.headers["X-Request-ID"] == "abc-12345678"
    assert made.headers["X-Request-ID"] != "<script>"


class FullDisk(io.StringIO):
    """A stream that takes no more."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left")


def test_a_log_that_cannot_be_written_refuses_no_request(
    app: Flask, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", FullDisk())
    request_log.configure("INFO", as_json=True)
    sign_in(app, admin)
    assert app.test_client().get("/styleguide/list").status_code == 200

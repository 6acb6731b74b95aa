"""What the machines ask."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from webapp.db import Database


def test_the_process_and_the_database_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready", "database": "ok", "schema": "ok"}


def test_without_its_database_it_is_alive_but_not_ready(
    app: Flask, database: Database, client: FlaskClient
) -> None:
    database.engine.dispose()
    database.engine = create_engine(
        "postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1}
    )
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_figures_count_answers_by_endpoint(client: FlaskClient) -> None:
    client.get("/healthz")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert 'keyturn_requests_total{endpoint="health.healthz",method="GET",status="200"} 1.0' in text
    assert 'endpoint="unknown",method="GET",status="404"' in text


def test_figures_are_for_the_machine_itself_unless_a_token_is_set(make_app: Callable[..., Flask]) -> None:
    away = {"REMOTE_ADDR": "203.0.113.9"}
    assert make_app().test_client().get("/metrics", environ_base=away).status_code == 404
    client = make_app(metrics_token="open-sesame").test_client()
    assert client.get("/metrics").status_code == 404
    bearer = {"Authorization": "Bearer open-sesame"}
    assert client.get("/metrics", environ_base=away, headers=bearer).status_code == 200

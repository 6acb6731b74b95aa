"""A form sent twice acts once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kernel.actor import Actor
from webapp.db import Database
from webapp.once import FormSent, forget_before, once


class Desk:
    """Sends a form with a key and counts how often it acted."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database, self.acted = app, database, 0

    def send(self, key: str, who: str = "ana") -> str:
        actor = Actor(who, who.title())
        with (
            self.app.test_request_context("/", method="POST", data={"once": key}),
            self.database.unit_of_work(actor) as session,
        ):
            return once(session, actor, self.database.clock, self._act)

    def _act(self) -> str:
        self.acted += 1
        if self.acted == 99:
            raise RuntimeError("refused")
        return f"/sale/{self.acted}"


@pytest.fixture
def sending(app: Flask, database: Database) -> Desk:
    return Desk(app, database)


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_page(sending: Desk) -> None:
    assert [sending.send("one"), sending.send("one")] == ["/sale/1", "/sale/1"]
    assert sending.acted == 1


def test_another_form_or_another_person_acts_for_itself(sending: Desk) -> None:
    assert {sending.send("one"), sending.send("two"), sending.send("one", who="ben")} == {
        "/sale/1",
        "/sale/2",
        "/sale/3",
    }


def test_a_form_without_a_key_acts_every_time(sending: Desk) -> None:
    assert [sending.send(""), sending.send("")] == ["/sale/1", "/sale/2"]


def test_a_refused_form_may_be_sent_again(sending: Desk) -> None:
    sending.acted = 98
    with pytest.raises(RuntimeError):
        sending.send("one")
    assert sending.send("one") == "/sale/100"


def test_old_keys_are_forgotten(sending: Desk, database: Database) -> None:
    sending.send("one")
    with database.unit_of_work() as session:
        forget_before(session, database.clock.now() + timedelta(seconds=1))
        assert session.scalars(select(FormSent)).all() == []

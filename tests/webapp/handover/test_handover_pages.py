"""The desk of hand-overs: the board without reloading, the phone's sendings."""

from __future__ import annotations

import base64
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from kernel.ids import new_id
from ledger.handover.default_plan import default_rooms
from ledger.handover.inspection_models import InspectionEntry, InspectionVisit
from tests.stories.company import PASSWORD, Company, company_in
from tests.stories.moving_in import FIRST, Moving, moving_in, picture, second_home
from tests.webapp.application import application
from webapp.db import Database

ENTRIES = "/handover/inspect/entries"


@pytest.fixture
def moving(database: Database, clock) -> Moving:  # type: ignore[no-untyped-def]
    """A building whose notices are out."""
    moving = moving_in(company_in(database, clock), language="en")
    moving.begin()
    return moving


def signed_in(company: Company, name: str) -> tuple[FlaskClient, dict[str, str]]:
    """A browser of somebody, with the token of its forms."""
    client = application(company.database).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[0]
    sent = {"csrf_token": token, "username": name, "password": PASSWORD}
    assert client.post("/sign-in", data=sent).status_code == 302
    work = client.get("/handover/inspect/work.json")
    return client, {"X-CSRFToken": work.get_json()["csrf"]} if work.status_code == 200 else {}


def entry(case_id: str, room: str, part: str, **said: object) -> dict[str, object]:
    """What a phone sends of a part."""
    told = {"id": new_id(), "case_id": case_id, "room": room, "part": part, "seen_revision": 0, "verdict": "ok"}
    return told | {"note": "", "made_at": "2026-06-10T01:00:00Z"} | said


def test_a_phone_hears_of_each_thing_it_sends_and_signs(moving: Moving) -> None:
    company = moving.company
    moving.come()
    case_id = moving.case().id
    client, guard = signed_in(company, "agent")
    home = client.get("/handover/inspect/work.json").get_json()["cases"][0]
    assert (home["unit"], home["ready"], len(home["rooms"])) == ("1栋-101", True, 6)

    parts = [(room["code"], part["code"]) for room in default_rooms() for part in room["parts"]]
    sent = [entry(case_id, *one) for one in parts]
    sent[0] |= {"verdict": "defect", "note": " "}
    for _ in range(2):
        told = client.post(ENTRIES, json={"entries": sent}, headers=guard).get_json()["results"]
        assert [one["outcome"] for one in told] == ["refused", *["applied"] * (len(parts) - 1)]
    assert told[0]["words"] == "Say what is wrong."
    sent[0] |= {"verdict": "defect", "note": "scratched"}
    assert client.post(ENTRIES, json={"entries": sent[:1]}, headers=guard).get_json()["results"][0]["item"]["mine"]
    assert company.read(lambda s: s.scalar(select(func.count(InspectionEntry.id)))) == len(parts)
    assert client.post(ENTRIES, json={"entries": "all"}, headers=guard).status_code == 422
    assert client.post(ENTRIES, json={"entries": sent[:1]}).status_code == 400  # Without its token.

    photo = f"/handover/inspect/photos/{new_id()}?case={case_id}&room=kitchen&part=wall"
    refused = client.post(photo, data=b"no photo", headers=guard)
    assert (refused.status_code, refused.get_json()["words"][:16]) == (422, "This is no photo")
    kept = [client.post(photo, data=picture(), headers=guard).get_json() for _ in range(2)]
    assert kept[0] == kept[1]
    assert client.get(kept[0]["document"]).mimetype == "image/jpeg"

    drawn = "data:image/png;base64," + base64.b64encode(picture("black")).decode()
    signed = {"case_id": case_id, "outcome": "accepted", "signer": "Lin", "signature": drawn, "satisfaction": 4}
    visit = f"/handover/inspect/visits/{new_id()}"
    lacks = client.post(visit, json={**signed, "signer": ""}, headers=guard)
    assert (lacks.status_code, lacks.get_json()["code"]) == (422, "inspection_signer_missing")
    seals = {client.post(visit, json=signed, headers=guard).get_json()["form_hash"] for _ in range(2)}
    row = company.read(lambda s: s.scalars(select(InspectionVisit)).one())
    assert seals == {row.form_hash}
    assert (moving.case().handed_over_on, moving.case().satisfaction) == (FIRST, 4)

    board = client.get(
        f"/handover/batches/{moving.batch_id}/board?on={FIRST}", headers={"HX-Request": "true"}
    ).text
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", board))
    assert (figures["Arrived"], figures["Taken over"], figures["Defects"], figures["Satisfied"]) == (
        "1", "1", "1", "100 %",
    )  # fmt: skip
    assert "<html" not in board
    assert "10 Jun 2031" in client.get(f"/handover/cases/{case_id}").text  # Waterproofing, sixty months.


def test_lists_ask_no_more_questions_for_more_homes(moving: Moving) -> None:
    client, _guard = signed_in(moving.company, "agent")
    address = f"/handover/batches/{moving.batch_id}"
    asked: list[str] = []
    event.listen(
        moving.company.database.engine, "before_cursor_execute", lambda *given: asked.append(str(given[2]))
    )

    def count(path: str) -> int:
        client.get(path)
        asked.clear()
        assert client.get(path).status_code == 200
        return len(asked)

    pages = (address, f"{address}/board", "/handover/inspect/work.json", "/handover/")
    moving.book(moving.offer(capacity=2)[0])
    before = [count(path) for path in pages]
    zhou = second_home(moving.company)
    moving.begin()
    zhou.batch_id = moving.batch_id
    with moving.company.database.unit_of_work() as session:
        session.get_one(type(zhou.case()), zhou.case().id).batch_id = moving.case().batch_id
    after = [count(path) for path in pages]
    assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)

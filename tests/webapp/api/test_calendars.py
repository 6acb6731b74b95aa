"""Calendars through the API: made, chosen, shown, and a further year loaded by who may."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from tests.webapp.api.conftest import Caller
from tests.webapp.house import House

FILE = Path(__file__).parents[2] / "kernel" / "calendars" / "2027.csv"
WEEK = ["09:00-12:00 13:30-18:00"] * 6 + [""]


def kinds(caller: Caller, path: str, since: str, until: str) -> dict[str, str]:
    found = caller.get(f"/calendars/days?project={path}&since={since}&until={until}")
    return {day["day"]: day["kind"] for day in found["days"]}


def test_a_calendar_is_made_chosen_and_shown(caller_of: Callable[..., Caller], house: House) -> None:
    admin, path = caller_of("administrator", "/"), house.project.path
    made = admin.post("/calendars", {"code": "six", "name": "Six days", "week": WEEK})
    assert made.status_code == 201
    chosen = admin.post("/calendars/choice", {"project": path, "calendar_id": made.json["id"]})
    assert chosen.status_code == 200
    assert kinds(admin, path, "2026-03-07", "2026-03-08") == {"2026-03-07": "workday", "2026-03-08": "weekend"}
    own = {"project": path, "day": "2026-03-09", "working": False, "name": "Move"}
    day = admin.post("/calendars/days", own)
    assert day.status_code == 201
    assert admin.post("/calendars/days", own).status_code == 422
    assert kinds(admin, path, "2026-03-09", "2026-03-09") == {"2026-03-09": "holiday"}
    assert admin.send("DELETE", f"/calendars/days/{day.json['id']}").status_code == 200
    assert admin.send("DELETE", f"/calendars/days/{day.json['id']}").status_code == 404
    change = {"name": "Six", "week": WEEK, "state": False, "revision": 1}
    assert admin.post(f"/calendars/{made.json['id']}/change", change).json["revision"] == 2
    assert admin.post(f"/calendars/{made.json['id']}/change", change).status_code == 409
    assert [one["name"] for one in admin.get("/calendars")["calendars"]] == ["Six"]


def test_a_year_is_loaded_by_who_manages_the_house(caller_of: Callable[..., Caller], house: House) -> None:
    def load(caller: Caller, content: bytes, name: str = "2027.csv", **form: str) -> tuple[int, dict[str, object]]:
        data = {"file": (io.BytesIO(content), name), **form}
        answer = caller.send("POST", "/calendars/holidays", data=data)
        return answer.status_code, answer.json

    admin = caller_of("administrator", "/")
    assert load(admin, FILE.read_bytes()) == (200, {"added": 23, "same": 0, "replaced": 0})
    other = b"date,kind,name\n2027-01-31,holiday,x\n"
    assert load(admin, other)[0] == 422
    assert load(admin, other, replace="true") == (200, {"added": 0, "same": 0, "replaced": 1})
    assert load(admin, b"date,kind,name\n2027-02-30,holiday,x\n")[0] == 422
    assert load(caller_of("sales_manager"), FILE.read_bytes())[0] == 403

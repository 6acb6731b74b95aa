"""The log of operators' acts, usage, holds and the end of history through the API."""

from __future__ import annotations

from collections.abc import Callable

from tests.webapp.api.conftest import Caller
from tests.webapp.house import House
from tests.webapp.operations.test_operations import Machine, fail_once, machine

__all__ = ["machine"]
Callers = Callable[..., Caller]


def test_acts_are_listed_and_noted(caller_of: Callers, house: House, machine: Machine) -> None:
    begun = fail_once(house)
    operator = caller_of("business_analyst")
    operator.post(
        f"/instances/{begun.id}/variables", {"changes": {"customer": "王磊"}, "reason": "x", "force": True}
    )
    (row,) = operator.get(f"/operations?subject_id={begun.id}&action=instance:set_variables")["rows"]
    assert (row["reason"], row["after"]) == ("x", {"customer": "***"})
    noted = operator.post(f"/operations/{row['id']}/notes", {"text": "ticket 7"})
    assert noted.json["notes"] == ["ticket 7"]
    assert caller_of("sales_manager").get("/operations")["rows"] == []


def test_usage_holds_and_the_clean_up_are_told(caller_of: Callers, stocked: House) -> None:
    chief = caller_of("administrator", "/")
    used_by = chief.get("/usage?kind=decision&name=approval_matrix")["used_by"]
    assert {"key": "booking_to_contract", "open_cases": 0} in [
        {"key": one["key"], "open_cases": one["open_cases"]} for one in used_by
    ]
    held = chief.post("/holds", {"business_key": "RG-7", "reason": "law suit"})
    assert held.status_code == 201
    assert [h["id"] for h in chief.get("/holds")["holds"]] == [held.json["id"]]
    assert chief.post(f"/holds/{held.json['id']}/lift", {"reason": "settled"}).json["lifted_at"]
    assert chief.get("/history") == {"erased": 0, "to_go": 0, "held": 0, "next_at": None}
    seller = caller_of("sales_consultant")
    assert seller.post("/holds", {"business_key": "RG-7", "reason": "mine"}).status_code == 403
    assert seller.send("GET", "/history").status_code == 403
    assert seller.send("GET", "/usage?kind=form&name=x").status_code == 403

"""Who approves what: every row of the two shipped tables, at its edges."""

from __future__ import annotations

from importlib.resources import files

import pytest

from engine.decisions import DecisionModel, check, evaluate, parse

SALES, PROJECT = "sales_manager", "project_gm"
CITY = ["sales_manager", "project_gm", "city_marketing", "city_finance"]


def table(name: str) -> DecisionModel:
    """A shipped table."""
    return parse(files("processes").joinpath("booking_to_contract", f"{name}.dmn").read_bytes())


def approvers(decision: str, **inputs: object) -> list[str]:
    """The roles in order; a case that only the last row caught ends with ``analyst``."""
    found = evaluate(table(decision), decision, inputs).outputs
    return [*found["approvers"], *(["analyst"] if found["unforeseen"] else [])]


@pytest.mark.parametrize("name", ["approval_matrix", "size_approval"])
def test_the_tables_have_neither_gaps_nor_dead_rows(name: str) -> None:
    assert check(table(name)) == []


@pytest.mark.parametrize(
    ("off", "below", "roles"),
    [
        (0, False, []),
        (1, False, [SALES]),
        (100, False, [SALES]),
        (101, False, [SALES, PROJECT]),
        (300, False, [SALES, PROJECT]),
        (301, False, CITY),
        (500, False, CITY),
        (501, False, [*CITY, "city_gm"]),
        (9999, False, [*CITY, "city_gm"]),
        (0, True, [*CITY, "city_gm", "group_pricing"]),
        (600, True, [*CITY, "city_gm", "group_pricing"]),
        (-1, False, ["city_gm", "analyst"]),
    ],
)
def test_a_discount_is_approved_by_its_size_and_by_the_floor(off: int, below: bool, roles: list[str]) -> None:
    matrix = {"kind": "discount", "off_list_bp": off, "below_floor": below, "stage": "subscribed"}
    assert approvers("approval_matrix", **matrix) == roles


CHANGED = [SALES, PROJECT, "finance_manager", "legal", "city_gm"]
GIVEN_UP = [SALES, "finance_manager", PROJECT]


@pytest.mark.parametrize(
    ("kind", "below", "stage", "roles"),
    [
        ("price_plan", True, None, [PROJECT, "city_finance", "city_gm", "group_pricing"]),
        ("price_plan", False, None, [PROJECT, "city_finance", "city_gm"]),
        *(
            (kind, False, "subscribed", [SALES, PROJECT])
            for kind in ("room_change", "rename_relative", "plan_change")
        ),
        *((kind, False, "contracted", CHANGED) for kind in ("room_change", "rename_relative", "plan_change")),
        ("plan_change", False, "filed", CHANGED),
        ("rename_other", False, "filed", [PROJECT, "legal", "city_gm"]),
        ("cancel_buyer_fault", False, "subscribed", GIVEN_UP),
        ("cancel_buyer_fault", False, "contracted", [*GIVEN_UP, "legal", "city_gm"]),
        ("cancel_buyer_fault", False, "filed", [*GIVEN_UP, "legal", "city_gm"]),
        ("cancel_developer_fault", False, "filed", ["legal", "finance_manager", "city_gm"]),
        ("cancel_no_fault", False, "subscribed", ["legal", "finance_manager", "city_gm"]),
        ("keys_with_arrears", None, None, ["finance_manager", PROJECT]),
        ("room_change", False, "delivered", ["city_gm", "analyst"]),
        ("gift", False, "subscribed", ["city_gm", "analyst"]),
    ],
)
def test_other_cases_follow_their_kind_and_stage(
    kind: str, below: bool | None, stage: str | None, roles: list[str]
) -> None:
    matrix = {"kind": kind, "off_list_bp": None, "below_floor": below, "stage": stage}
    assert approvers("approval_matrix", **matrix) == roles


@pytest.mark.parametrize(
    ("kind", "fen", "hours", "roles"),
    [
        ("refund", 500_000, None, ["finance_manager"]),
        ("refund", 500_001, None, [PROJECT]),
        ("interest_waiver", 5_000_000, None, [PROJECT]),
        ("interest_waiver", 5_000_001, None, ["city_gm"]),
        ("hold", 0, 24, [SALES]),
        ("hold", 0, 25, [PROJECT]),
        ("hold", 0, 168, [PROJECT]),
        ("hold", 0, 169, ["city_gm"]),
        ("loan", 1, 1, ["city_gm", "analyst"]),
    ],
)
def test_waivers_refunds_and_holds_are_approved_by_size(
    kind: str, fen: int, hours: int | None, roles: list[str]
) -> None:
    assert approvers("size_approval", kind=kind, amount_fen=fen, hours=hours) == roles

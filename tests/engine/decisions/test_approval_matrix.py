"""The approval matrix of the trade, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decisions import check, evaluate, parse

MODEL = parse((Path(__file__).parent / "files" / "approval_matrix.dmn").read_bytes())
TO_CITY = ["sales_manager", "project_gm", "city_marketing", "city_finance", "city_gm"]
CHANGE = ["sales_manager", "project_gm"]
CHANGE_AFTER_CONTRACT = ["sales_manager", "project_gm", "finance_manager", "legal", "city_gm"]
CANCEL = ["sales_manager", "finance_manager", "project_gm"]

ROWS = [
    ("discount", 0, False, "subscribed", 1, []),
    ("discount", 1, False, "subscribed", 2, TO_CITY[:1]),
    ("discount", 100, False, "subscribed", 2, TO_CITY[:1]),
    ("discount", 101, False, "contracted", 3, TO_CITY[:2]),
    ("discount", 300, False, "contracted", 3, TO_CITY[:2]),
    ("discount", 301, False, "filed", 4, TO_CITY[:4]),
    ("discount", 500, False, "filed", 4, TO_CITY[:4]),
    ("discount", 501, False, "subscribed", 5, TO_CITY),
    ("discount", 0, True, "subscribed", 6, [*TO_CITY, "group_pricing"]),
    ("discount", 900, True, "subscribed", 6, [*TO_CITY, "group_pricing"]),
    ("price_plan", None, True, None, 7, ["project_gm", "city_finance", "city_gm", "group_pricing"]),
    ("price_plan", 50, False, None, 8, ["project_gm", "city_finance", "city_gm"]),
    ("room_change", None, None, "subscribed", 9, CHANGE),
    ("rename_relative", None, None, "subscribed", 9, CHANGE),
    ("plan_change", None, None, "subscribed", 9, CHANGE),
    ("room_change", None, None, "contracted", 10, CHANGE_AFTER_CONTRACT),
    ("plan_change", None, None, "filed", 10, CHANGE_AFTER_CONTRACT),
    ("rename_other", None, None, "filed", 11, ["project_gm", "legal", "city_gm"]),
    ("cancel_buyer_fault", None, None, "subscribed", 12, CANCEL),
    ("cancel_buyer_fault", None, None, "filed", 13, [*CANCEL, "legal", "city_gm"]),
    ("cancel_developer_fault", None, None, "filed", 14, ["legal", "finance_manager", "city_gm"]),
    ("cancel_no_fault", None, None, "subscribed", 14, ["legal", "finance_manager", "city_gm"]),
    ("keys_with_arrears", None, None, "filed", 15, ["finance_manager", "project_gm"]),
    ("something_new", 5, False, "subscribed", 16, ["city_gm"]),
    ("discount", -5, False, "subscribed", 16, ["city_gm"]),
    ("discount", None, None, "subscribed", 16, ["city_gm"]),
]


@pytest.mark.parametrize(("kind", "bp", "below", "stage", "row", "approvers"), ROWS)
def test_row_names_the_approvers_in_order(
    kind: str, bp: int | None, below: bool | None, stage: str | None, row: int, approvers: list[str]
) -> None:
    inputs = {"kind": kind, "off_list_bp": bp, "below_floor": below, "stage": stage}
    result = evaluate(MODEL, "approval_matrix", inputs)
    assert result.outputs == {"approvers": approvers, "incident": row == 16}
    assert [(rule.decision_id, rule.rule_index, rule.rule_id) for rule in result.fired] == [
        ("approval_matrix", row, f"row_{row}")
    ]


WAIVERS = [(0, "finance_manager"), (500_000, "finance_manager"), (500_001, "project_gm")]
WAIVERS += [(5_000_000, "project_gm"), (5_000_001, "city_gm")]
HOLDS = [(24, "sales_manager"), (25, "project_gm"), (168, "project_gm"), (169, "city_gm")]


@pytest.mark.parametrize(("fen", "approver"), WAIVERS)
def test_waiver_is_approved_by_size(fen: int, approver: str) -> None:
    result = evaluate(MODEL, "waiver_by_size", {"amount_fen": fen})
    assert result.value == approver
    assert result.outputs == {"approver": approver}


@pytest.mark.parametrize(("hours", "approver"), HOLDS)
def test_hold_is_approved_by_length(hours: int, approver: str) -> None:
    assert evaluate(MODEL, "hold by length", {"hours": hours}).value == approver


def test_matrix_has_no_gap_and_no_hidden_row() -> None:
    assert check(MODEL) == []

"""A loan routed through knowledge, tables and a service: names with blanks and hyphens, a file of DMN 1.1."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.decisions import check, evaluate, evaluate_service, parse

MODEL = parse((Path(__file__).parent / "files" / "loan.dmn").read_bytes())
PRODUCT = {"Product Type": "STANDARD LOAN", "Rate": 0.08, "Term": 36, "Amount": 100_000}


def buyer(age: int = 35, income: int = 10_000, *, existing: bool = False, marital: str = "M") -> dict[str, object]:
    """Someone who asks for a loan."""
    return {
        "Age": age,
        "Marital Status": marital,
        "Employment Status": "EMPLOYED",
        "Existing-Customer": existing,
        "Monthly": {"Income": income, "Repayments": 2_500, "Expenses": 3_000},
    }


@pytest.mark.parametrize(
    ("who", "expected"),
    [(buyer(), 120), (buyer(20, marital="S"), 97), (buyer(60), 128)],
)
def test_the_score_adds_up_the_rules_that_fit(who: dict[str, object], expected: int) -> None:
    assert evaluate(MODEL, "Risk score", {"Buyer data": who}).value == expected


def test_the_instalment_is_the_annuity_and_the_fee() -> None:
    made = evaluate(MODEL, "Required monthly installment", {"Requested product": PRODUCT}).value
    rate = Decimal("0.08") / 12
    annuity = 100_000 * rate / (1 - (1 + rate) ** -36)
    assert isinstance(made, Decimal)
    assert abs(made - annuity - 20) < Decimal("0.00000001")


@pytest.mark.parametrize(
    ("who", "route", "category"),
    [
        (buyer(), "DECLINE", "MEDIUM"),
        (buyer(income=20_000), "ACCEPT", "MEDIUM"),
        (buyer(70, 20_000), "REVIEW", "MEDIUM"),
        (buyer(20, 9_800, marital="S"), "DECLINE", "HIGH"),
        (buyer(existing=True), "ACCEPT", "LOW"),
    ],
)
def test_the_service_routes(who: dict[str, object], route: str, category: str) -> None:
    inputs = {"Buyer data": who, "Requested product": PRODUCT}
    served = evaluate_service(MODEL, "Routing Decision-Service", inputs)
    assert served.value == {"Route": route, "Pre-bureau risk category": category}
    assert evaluate(MODEL, "Route", inputs).value == route


def test_a_value_that_is_not_allowed_makes_the_whole_of_it_unknown() -> None:
    made = evaluate(MODEL, "Route", {"Buyer data": buyer(marital="X"), "Requested product": PRODUCT}, strict=False)
    assert "decision_type" in {warning.code for warning in made.warnings}
    assert made.decisions["Pre-bureau risk category"] is None


def test_only_the_table_without_allowed_values_has_a_gap() -> None:
    errors = [finding for finding in check(MODEL) if finding.severity == "error"]
    assert [(finding.code, finding.element_id) for finding in errors] == [("decision_gap", "factor")]

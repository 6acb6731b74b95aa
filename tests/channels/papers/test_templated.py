"""Papers made of the delivered templates: complete in both languages, and hostile values are text for ever."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.papers import Letterhead, Paper, TemplatedData, issue
from channels.papers.glyphs import printable
from channels.papers.plan_columns import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine
from channels.papers.render import Language
from ledger.finance.loan import monthly_payment
from ledger.templates.catalogue import KINDS, PaperKind
from ledger.templates.checking import check_text
from ledger.templates.filling import check_values, fill
from ledger.templates.kinds import yuan
from ledger.templates.making import complete
from ledger.templates.shipped_texts import shipped_texts
from tests.pdf_words import words_of

RATE = Fraction(31, 1000)
HOSTILE = (
    '#panic("no")', '#read("/etc/passwd")', "#include \"style.typ\"", "$sum$", "*a* _b_", "`raw`", "<label> @ref",
    "\\ ] } ) \" '", "// gone", "/* gone", "{{number}}", "**bold**", "# title", "| a | b |", "@plans", "a\nb\n- c",
    "=" * 50, "#" * 80,
)  # fmt: skip


def plan(name: str, *, loan: bool) -> PlanColumn:
    """A way to pay 1,911,277.00 yuan less 2 %."""
    rate = monthly_payment(130_000_000, RATE, 360)
    lent = LoanLine(
        kind="商业贷款", amount_fen=130_000_000, months=360, annual_rate_percent="3.10", method="等额本息",
        monthly_payment_fen=rate, total_interest_fen=360 * rate - 130_000_000,
    )  # fmt: skip
    return PlanColumn(
        name=name,
        list_unit_price_fen=1_614_800,
        list_price_fen=191_127_700,
        discounts=(DiscountLine(name="开盘优惠", amount_fen=3_822_554, basis_points=200),),
        deal_price_fen=187_305_146,
        deal_unit_price_fen=1_582_504,
        effective_discount_basis_points=200,
        lines=tuple(PlanLine(name=f"第{n}期", due="2026-12-31", amount_fen=10_000_000) for n in range(4)),
        loans=(lent,) if loan else (),
        fees=(FeeLine(name="契税", basis="按 1.5% 预估", amount_fen=2_809_577),),
    )


def values_of(kind: PaperKind) -> dict[str, Any]:
    """The example of every variable."""
    plans = [
        asdict(plan("一次性付款", loan=False)),
        asdict(plan("分期付款", loan=False)),
        asdict(plan("按揭", loan=True)),
    ]
    told = {one.name: plans if one.type == "plans" else one.example for one in kind.variables}
    return complete(told, kind)


def make(kind: PaperKind, text: str, values: dict[str, Any], language: Language, **more: Any) -> Paper:
    """The PDF of a text with values."""
    check_values(kind, values)
    filled = fill(text, kind, values, language)
    head = Letterhead(company="上海云溪置业有限公司", project="云溪花园一期")
    data = TemplatedData(
        number="YUNXI-TZ-2026-000018", issued_on="2026-09-20", letterhead=head, title=filled.title,
        blocks=filled.blocks, version="* v1", **more,
    )  # fmt: skip
    return issue(data, language=language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", KINDS)
def test_every_delivered_text_is_right_and_fits_one_page(code: str, language: Language) -> None:
    kind, text = KINDS[code], shipped_texts()[code, language]
    assert check_text(text, kind) == []
    assert {sign for sign in text if ord(sign) not in printable()} <= {"\n", "\u3000"}
    paper = make(kind, text, values_of(kind), language)
    assert paper.pages == 1
    assert paper.pdf == make(kind, text, values_of(kind), language).pdf


def test_a_purchase_plan_shows_three_ways_side_by_side_with_the_monthly_payment(tmp_path: Path) -> None:
    kind = KINDS["purchase_plan"]
    words = words_of(make(kind, shipped_texts()["purchase_plan", "zh"], values_of(kind), "zh").pdf, tmp_path)
    row = next(line for line in words.splitlines() if "付款方式" in line)
    assert [name in row for name in ("一次性付款", "分期付款", "按揭")] == [True, True, True]
    assert "月供" in words and yuan(monthly_payment(130_000_000, RATE, 360)) in words


def test_a_receipt_with_many_items_gives_each_copy_a_page_of_its_own() -> None:
    kind, text = KINDS["receipt"], shipped_texts()["receipt", "zh"]
    few, many = ({**values_of(kind), "item": [{"no": n, "name": "定金", "amount": n} for n in range(count)]}
                 for count in (6, 12))  # fmt: skip
    assert make(kind, text, few, "zh").pages == 1
    assert make(kind, text, many, "zh").pages == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(HOSTILE), st.text(alphabet="#$*_`<>@\\[]{}()|/\"'=-+~^&;:%\n ab定金", max_size=60)
        ),
        min_size=1,
        max_size=4,
    ).map("".join)
)
def test_no_value_is_ever_read_as_code_or_markup(tmp_path: Path, text: str) -> None:
    kind = KINDS["supplement"]
    values = values_of(kind) | {"reason": f"«{text}»", "subject": text or "-", "buyers": text or "-"}
    values["change"] = [{"name": text or "-", "before": text, "after": text}]
    words = words_of(make(kind, shipped_texts()["supplement", "zh"], values, "zh").pdf, tmp_path)
    assert "商品房买卖合同补充协议" in words
    shown = "".join(f"«{text}»".split())
    assert shown in "".join(words.replace("\u200b", "").split()), "what was given is printed sign by sign"

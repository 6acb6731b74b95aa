"""Headings as offices write them, in one row or two."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.inventory.price_list import Field, read_price_list
from ledger.inventory.price_list.headings import meaning, title_unit

from .files import text_file, wide, workbook


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("楼栋", Field.BUILDING), ("幢号", Field.BUILDING), ("Building", Field.BUILDING), ("单元", Field.ENTRANCE),
        ("房号", Field.UNIT_NO), ("房 号", Field.UNIT_NO), ("室号", Field.UNIT_NO), ("Unit No.", Field.UNIT_NO),
        ("建筑面积\n(平方米)", Field.BUILDING_AREA), ("预测建面(㎡)", Field.BUILDING_AREA),
        ("Unit area", Field.BUILDING_AREA), ("套内建筑面积(㎡)", Field.INSIDE_AREA),
        ("公摊(㎡)", Field.SHARED_AREA),
        ("单价(元/㎡)", Field.LIST_UNIT_PRICE), ("*标准单价", Field.LIST_UNIT_PRICE),
        ("Unit price", Field.LIST_UNIT_PRICE), ("标准价(元/㎡)", Field.LIST_UNIT_PRICE),
        ("总价/万元", Field.LIST_PRICE), ("标准总价(万元)", Field.LIST_PRICE),
        ("Total price (CNY)", Field.LIST_PRICE),
        ("底价", Field.FLOOR_PRICE), ("底价(元/㎡)", Field.FLOOR_UNIT_PRICE), ("Floor price", Field.FLOOR_PRICE),
        ("楼层", Field.FLOOR), ("Floor", Field.FLOOR), ("户型", Field.LAYOUT), ("Unit type", Field.LAYOUT),
        ("朝向", Field.ORIENTATION), ("销售状态", Field.STATE), ("备注", Field.NOTE), ("Remarks", Field.NOTE),
        ("优惠总价", None), ("一次性付款单价", None), ("首付", None), ("层高", None), ("序号", None), ("", None),
        ("套内单价", None), ("总层数", None),
    ],
)  # fmt: skip
def test_a_heading_means_its_field(heading: str, field: Field | None) -> None:
    found = meaning(heading)
    assert (found[0] if found else None) is field


@pytest.mark.parametrize(
    ("title", "unit"),
    [("单位:万元", "wan"), ("(金额单位:元)", "yuan"), ("单位:㎡、万元", "wan"), ("1单元", ""), ("价格表", "")],
)
def test_a_title_row_may_give_the_unit_of_totals(title: str, unit: str) -> None:
    assert title_unit(title) == unit


def test_full_width_signs_are_read_like_plain_ones() -> None:
    rows = [
        [wide("预售许可证号:(2026)房预售证第0187号"), wide("单位:万元")],
        ["楼号", "房号", wide("建筑面积(") + "\u33a1)", "单价", "总价", "备注"],
        [wide("3栋"), wide("201"), wide("100.00"), wide("15,000"), wide("150.00"), wide("样板房,不对外销售")],
    ]
    listed = read_price_list(text_file(rows), "list.csv")
    (good,) = listed.units
    assert (good.building, good.unit_no, good.list_price_fen) == ("3栋", "201", 150_000_000)
    assert good.withheld_reason == wide("样板房,不对外销售")
    assert [permit.number for permit in listed.permits] == [wide("(2026)房预售证第0187号")]


def test_the_unit_of_the_title_holds_for_totals_alone() -> None:
    rows = [["价格表", "", "单位:万元"], ["楼号", "房号", "面积", "单价", "总价"], ["A座", "301", 100, 15000, 150]]
    (good,) = read_price_list(text_file(rows), "list.csv").units
    assert (good.list_unit_price_fen, good.list_price_fen) == (1_500_000, 150_000_000)


TWO_ROWS = [
    ["云溪花园价目表"],
    ["楼栋", "房号", "面积(㎡)", None, "标准价", None, "底价", None, "备注"],
    [None, None, "建筑面积", "套内", "单价", "总价(万元)", "单价", "总价(万元)", None],
    ["3栋", "201", 100, 80, 15000, 150, 14000, 140, "销控"],
]


@pytest.mark.parametrize("as_workbook", [True, False])
def test_two_rows_of_headings_are_read_together(as_workbook: bool) -> None:
    merges = ["A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2", "I2:I3"]
    content = workbook(TWO_ROWS, merges=merges) if as_workbook else text_file(TWO_ROWS)
    listed = read_price_list(content, "list.xlsx" if as_workbook else "list.csv")
    (good,) = listed.units
    assert listed.sheets[0].header_row == 3
    assert (good.inside_area_hundredths, good.list_price_fen, good.floor_price_fen, good.withheld_reason) == (
        8_000, 150_000_000, 140_000_000, "销控",
    )  # fmt: skip


def test_english_lists_are_read() -> None:
    rows = [
        ["Building", "Floor", "Unit", "Layout", "Area (m2)", "Unit price", "Total price", "Status", "Remarks"],
        ["Tower A", 3, "A-301", "2BR", 76.5, 20000, 1530000, "Not for sale", "sea view"],
    ]
    (good,) = read_price_list(workbook(rows), "list.xlsx").units
    assert (good.building, good.floor, good.withheld_reason) == ("Tower A", 3, "Not for sale")


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["预售许可证号:(2026)房预售证第0187号 发证日期:2026-09-10"], [("(2026)房预售证第0187号", "issued")]),
        (["预售许可证编号", "京房售证字(2026)123号", "公示日期:2026年9月10日"],
         [("京房售证字(2026)123号", "published")]),
        (["商品房预售许可证:深房许字(2026)龙华012号、深房许字(2026)龙华013号", "发证时间:2026/9/10"],
         [("深房许字(2026)龙华012号", "issued"), ("深房许字(2026)龙华013号", "issued")]),
        (["Presale permit no. P-2026-17, issued 2026-09-10"], [("P-2026-17", "issued")]),
        (["施工许可证:440300202601010101"], []),
        (["预售许可证号:待办"], []),
    ],
)  # fmt: skip
def test_permits_are_found_in_title_rows(titles: list[str], expected: list[tuple[str, str]]) -> None:
    rows = [titles, ["房号", "楼号", "建筑面积", "总价"], ["201", "3栋", 100, 1500000]]
    permits = read_price_list(workbook(rows), "list.xlsx").permits
    assert [(permit.number, permit.date_kind) for permit in permits] == expected
    assert {permit.day for permit in permits} <= {date(2026, 9, 10)}

"""Which rows are units, and which of them are refused."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.inventory.price_list import Field, PriceList, Refusal, read_price_list, reason_text

from .files import HEADINGS, Row, repacked, text_file, unit, unpacked, wide, workbook


def read(*rows: Row, headings: Row = HEADINGS, **options: object) -> PriceList:
    return read_price_list(workbook([headings, *rows], **options), "list.xlsx")  # type: ignore[arg-type]


def only_refusal(*rows: Row) -> Refusal:
    (refused,) = read(*rows).refused
    return refused


def test_a_good_row_goes_in() -> None:
    (good,) = read(unit()).units
    assert (good.building, good.unit_no, good.floor, good.list_price_fen) == ("3栋", "201", 2, 150_000_000)
    assert good.building_area_hundredths == 10_000


@pytest.mark.parametrize(
    "written",
    ["1,500,000元", "1500000", "1,500,000", "¥1,500,000.00", "\uffe51,500,000", "150万元", wide("1,500,000")],
)
def test_a_total_is_read_however_it_is_written(written: str) -> None:
    (good,) = read(unit(total=written, area="100.00㎡", price="15000元/㎡")).units
    assert good.list_price_fen == 150_000_000


@pytest.mark.parametrize("cell", ["area", "price", "total", "inside"])
@pytest.mark.parametrize("text", ["八十九", "待定", "1.2.3", "12 13", "1,23,456", "1e6", "约100", "100%"])
def test_a_text_where_a_number_belongs_refuses_the_row(cell: str, text: str) -> None:
    assert only_refusal(unit(**{cell: text})).code == "not_a_number"


@pytest.mark.parametrize("cell", ["building", "floor", "no", "layout", "area", "inside", "price", "total", "note"])
def test_a_formula_in_any_column_that_is_read_refuses_the_row(cell: str) -> None:
    refused = only_refusal(unit(**{cell: "=SUM(A1:A2)"}))
    assert (refused.code, refused.row) == ("formula", 2)


def test_a_formula_in_a_column_that_is_not_read_does_no_harm() -> None:
    assert len(read(["=ROW()", *unit()], headings=["序号", *HEADINGS]).units) == 1


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("area", 0, "out_of_range"),
        ("area", -100, "out_of_range"),
        ("area", 100.005, "too_many_decimals"),
        ("area", "100元", "wrong_unit"),
        ("area", None, "missing_value"),
        ("inside", 100.01, "inside_exceeds_building_area"),
        ("price", "15000元", "wrong_unit"),
        ("price", None, "missing_value"),
        ("total", 1500000.005, "too_many_decimals"),
        ("total", "1500000元/㎡", "wrong_unit"),
        ("total", 10**18, "out_of_range"),
        ("total", None, "missing_value"),
        ("total", True, "not_a_number"),
        ("floor", "顶层", "not_a_number"),
    ],
)
def test_a_wrong_figure_is_refused_by_column(cell: str, value: object, code: str) -> None:
    refused = only_refusal(unit(**{cell: value}))
    assert refused.code == code
    assert "{" not in reason_text(refused.code, refused.params, "en")
    assert "{" not in reason_text(refused.code, refused.params, "zh")


@pytest.mark.parametrize(
    ("total", "good"), [(1_500_001, True), (1_499_999, True), (1_500_001.01, False), (1_499_998.99, False)]
)
def test_a_total_in_yuan_may_be_one_yuan_off(total: float, good: bool) -> None:
    assert bool(read(unit(total=total)).units) is good


@pytest.mark.parametrize(
    ("total", "good"),
    [("150.00", True), ("150.01", True), ("149.99", True), ("150.02", False), ("150", True),
     ("150.0099", False), ("150.0005", False), ("150.0001", True), ("150.001", True), ("150.002", False)],
)  # fmt: skip
def test_a_total_in_ten_thousands_may_be_a_hundred_yuan_off(total: str, good: bool) -> None:
    headings = [*HEADINGS[:-2], "总价(万元)", "备注"]
    assert bool(read(unit(total=total), headings=headings).units) is good


def test_the_stated_total_is_the_price() -> None:
    (good,) = read(unit(total=1_500_000.5)).units
    assert good.list_price_fen == 150_000_050


def test_the_later_of_two_rows_with_one_unit_number_is_refused() -> None:
    both = read(unit(), unit(floor=3))
    assert [good.floor for good in both.units] == [2]
    assert [(no.row, no.code, no.params["first_row"]) for no in both.refused] == [(3, "duplicate", 2)]


@pytest.mark.parametrize("again", ["201", 201, 201.0, "201室", wide("201"), " 201 "])
def test_a_unit_number_is_the_same_however_it_is_typed(again: object) -> None:
    assert only_refusal(unit(), unit(no=again)).code == "duplicate"


def test_a_unit_number_may_return_in_another_building() -> None:
    assert len(read(unit(), unit(building="5栋")).units) == 2


def test_units_of_several_entrances_are_told_apart() -> None:
    headings = ["楼栋", "单元", *HEADINGS[1:]]
    rows = [["3栋", entrance, *unit()[1:]] for entrance in ("1", "2单元", "2")]
    both = read(*rows, headings=headings)
    assert [good.unit_no for good in both.units] == ["1-201", "2-201"]
    assert [no.unit for no in both.refused] == ["2-201"]


def test_building_and_floor_are_carried_down_until_the_next_is_named() -> None:
    rows = [unit(), unit(building=None, floor=None, no="202"), unit(building="5栋", floor=7, no="701")]
    found = read(*rows, unit(building=None, floor=None, no="702")).units
    assert [(good.building, good.floor) for good in found] == [("3栋", 2), ("3栋", 2), ("5栋", 7), ("5栋", 7)]


def test_a_new_building_forgets_the_floor_of_the_one_before() -> None:
    (_, other) = read(unit(floor=2), unit(building="5栋", floor=None, no="1203")).units
    assert other.floor == 12


def test_cells_merged_downwards_hold_for_every_row_they_cover() -> None:
    rows = [unit(note="销控"), unit(building=None, no="202", price=None, note=None)]
    found = read(*rows, merges=["A2:A3", "G2:G3", "I2:I3"]).units
    assert [(good.unit_no, good.list_unit_price_fen, good.withheld_reason) for good in found] == [
        ("201", 1_500_000, "销控"),
        ("202", 1_500_000, "销控"),
    ]


def test_a_table_without_a_building_column_belongs_to_the_building_of_its_sheet() -> None:
    (good,) = read(unit()[1:], headings=HEADINGS[1:], title="12号楼").units
    assert good.building == "12号楼"


def test_a_row_without_any_building_is_refused() -> None:
    assert [no.code for no in read(unit(building=None), title="Sheet1").refused] == ["missing_building"]


@pytest.mark.parametrize("label", ["小计", "合 计", "合计:", "3栋合计", "Total", "总计(套)", "Subtotal"])
def test_subtotals_are_no_units_even_with_a_count_under_the_unit_numbers(label: str) -> None:
    listed = read(unit(), unit(building=label, no=40, price=None))
    assert (len(listed.units), listed.refused) == (1, ())
    assert [row.kind for row in listed.sheets[0].skipped] == ["subtotal"]


def test_headings_repeated_on_each_page_are_no_units() -> None:
    listed = read(unit(), HEADINGS, unit(no="202"))
    assert (len(listed.units), listed.refused) == (2, ())


def test_a_date_that_was_a_unit_number_is_refused() -> None:
    assert only_refusal(unit(no=date(2026, 1, 2))).code == "bad_unit_number"


def test_digits_beyond_what_a_spreadsheet_shows_are_no_decimals() -> None:
    content = workbook([HEADINGS, unit(area=118.36, price=10000, total=1183600)])
    sheet = "xl/worksheets/sheet1.xml"
    data = unpacked(content)[sheet].replace(b"<v>118.36</v>", b"<v>118.36000000000001</v>")
    listed = read_price_list(repacked(content, **{sheet: data}), "list.xlsx")
    assert b"0001</v>" in data
    assert [good.building_area_hundredths for good in listed.units] == [11_836]


@pytest.mark.parametrize(
    ("written", "floor"),
    [(3, 3), ("3", 3), ("3层", 3), ("3F", 3), ("B1", -1), ("-2", -2), ("地下1层", -1), ("9/32", 9), ("10-11", 10),
     ("首层", 1), ("十二层", 12), ("二十层", 20), ("负一层", -1)],
)  # fmt: skip
def test_floors_are_read_as_offices_write_them(written: object, floor: int) -> None:
    assert read(unit(floor=written)).units[0].floor == floor


def test_a_leading_zero_kept_by_an_equals_sign_in_a_text_file_is_text() -> None:
    listed = read_price_list(text_file([HEADINGS, unit(no='="0201"'), unit(no="=0202")]), "list.csv")
    assert [good.unit_no for good in listed.units] == ["0201"]
    assert [no.code for no in listed.refused] == ["formula"]


def test_floor_prices_may_be_totals_or_per_square_metre() -> None:
    def floor_price(heading: str, value: object) -> int | None:
        return read([*unit(), value], headings=[*HEADINGS, heading]).units[0].floor_price_fen

    assert floor_price("底价(元/㎡)", 14000) == 140_000_000
    assert floor_price("底价", 14000) == 140_000_000
    assert floor_price("底价", 1_400_000) == 140_000_000
    assert floor_price("底价总价(万元)", 140) == 140_000_000
    assert floor_price("底价", "/") is None


def test_totals_without_a_unit_are_told_by_their_size() -> None:
    (good,) = read(unit(total=150), headings=[*HEADINGS[:-2], "总价", "备注"]).units
    assert good.list_price_fen == 150_000_000


def test_a_chosen_column_overrides_the_proposal() -> None:
    content = workbook([[*HEADINGS, "活动价"], [*unit(total=1), 1_500_000]])
    listed = read_price_list(content, "list.xlsx", mapping={Field.LIST_PRICE: "活动价"})
    assert listed.units[0].list_price_fen == 150_000_000
    by_number = read_price_list(content, "list.xlsx", mapping={Field.LIST_PRICE: 10, Field.NOTE: None})
    assert by_number.units[0].list_price_fen == 150_000_000
    assert by_number.sheets[0].columns[8].field is None

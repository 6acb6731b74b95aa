"""The two price lists that the demo company sells from."""

from datetime import date
from importlib.resources import files

from ledger.inventory.price_list import PriceList, read_price_list, reason_text


def sample(name: str) -> PriceList:
    return read_price_list((files("demo") / "data" / name).read_bytes(), name)


def test_the_workbook_gives_all_units_but_its_three_wrong_rows() -> None:
    phase = sample("price-list-yunxi-phase-1.xlsx")
    assert [(sheet.name, sheet.header_row, sheet.unit_rows) for sheet in phase.sheets] == [
        ("3栋", 3, 128),
        ("5栋", 3, 100),
    ]
    assert len(phase.units) == 225
    assert [(no.sheet, no.row, no.unit, no.code) for no in phase.refused] == [
        ("3栋", 67, "1703", "total_mismatch"),
        ("3栋", 82, "2102", "not_a_number"),
        ("5栋", 32, "801", "duplicate"),
    ]


def test_the_subtotals_of_the_workbook_are_passed_over() -> None:
    sheets = sample("price-list-yunxi-phase-1.xlsx").sheets
    assert [[(row.row, row.kind) for row in sheet.skipped] for sheet in sheets] == [
        [(44, "subtotal"), (89, "subtotal"), (134, "subtotal"), (136, "text")],
        [(44, "subtotal"), (89, "subtotal"), (107, "text")],
    ]


def test_the_workbook_names_its_permit_and_when_it_was_published() -> None:
    permits = sample("price-list-yunxi-phase-1.xlsx").permits
    assert {(permit.number, permit.day, permit.date_kind) for permit in permits} == {
        ("(2026)房预售证第0187号", date(2026, 9, 18), "published")
    }


def test_numbers_written_as_text_are_read() -> None:
    units = {(unit.building, unit.unit_no): unit for unit in sample("price-list-yunxi-phase-1.xlsx").units}
    written = units["3栋", "1201"]
    assert (written.list_unit_price_fen, written.list_price_fen) == (1_651_600, 195_483_400)
    assert (written.building_area_hundredths, written.inside_area_hundredths) == (11_836, 9_321)
    assert (written.floor, written.layout) == (12, "三室两厅两卫")


def test_notes_that_withhold_are_kept_as_the_reason() -> None:
    withheld = [
        (unit.building, unit.unit_no, unit.withheld_reason)
        for unit in sample("price-list-yunxi-phase-1.xlsx").units
        if unit.withheld_reason
    ]
    assert withheld == [
        ("3栋", "602", "样板房,不对外销售"),
        ("3栋", "1003", "样板房,不对外销售"),
        ("5栋", "303", "工抵房"),
    ]


def test_the_text_file_is_read_from_gbk_with_totals_in_ten_thousands() -> None:
    towers = sample("price-list-harbour-towers.csv")
    assert (towers.encoding, len(towers.units), towers.refused, towers.permits) == ("gb18030", 336, (), ())
    first = towers.units[0]
    assert (first.sheet, first.row, first.building, first.unit_no, first.floor) == (
        "price-list-harbour-towers", 3, "A座", "A-0301", 3,
    )  # fmt: skip
    assert (first.list_unit_price_fen, first.list_price_fen) == (2_128_500, 162_830_000)
    assert first.floor_price_fen == 7650 * 20085


def test_the_state_column_of_the_text_file_withholds() -> None:
    towers = sample("price-list-harbour-towers.csv")
    assert [unit.withheld_reason for unit in towers.units].count("销控") == 37
    assert {unit.state for unit in towers.units if unit.withheld_reason is None} == {"待售"}


def test_each_refusal_says_in_both_languages_what_to_do() -> None:
    wrong = sample("price-list-yunxi-phase-1.xlsx").refused[0]
    assert reason_text(wrong.code, wrong.params, "en") == (
        "Total 1,569,903.00 yuan differs from area × unit price = 1,479,903.36 yuan. Correct one of the three."
    )
    assert "1,479,903.36 元不符" in reason_text(wrong.code, wrong.params, "zh")

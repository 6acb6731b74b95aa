"""Files that are not price lists, or hide as ones: a clear error, never a traceback."""

from __future__ import annotations

import openpyxl
import pytest

from ledger.inventory.price_list import Limits, PriceListError, error_text, read_price_list

from .files import HEADINGS, packed, repacked, saved, text_file, unit, workbook

LIST = [HEADINGS, unit()]


def refused(content: bytes, name: str = "list.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(PriceListError) as caught:
        read_price_list(content, name, limits=limits)
    for language in ("en", "zh"):
        assert "{" not in error_text(caught.value, language)  # type: ignore[arg-type]
    return caught.value.reason


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "list.csv", "empty_file"),
        (b"\r\n \r\n", "list.csv", "empty_file"),
        (b"\0" * 400, "list.xlsx", "empty_file"),
        (b"%PDF-1.7 ...", "list.xlsx", "not_what_its_name_says"),
        (b"<html><table><tr><td>201</td></tr></table></html>", "list.csv", "not_what_its_name_says"),
        (b"\xef\xbb\xbf<!DOCTYPE html><table>", "list.xlsx", "not_what_its_name_says"),
        (b"\x89PNG\r\n\x1a\n", "list.csv", "not_what_its_name_says"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook", "list.xlsx", "old_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "list.xlsx", "encrypted"),
        (b"PK\x03\x04 broken", "list.xlsx", "damaged"),
        (text_file(LIST), "list.xlsx", "not_what_its_name_says"),
        (workbook(LIST), "list.csv", "not_what_its_name_says"),
        (workbook(LIST), "list.exe", "unknown_extension"),
        (workbook(LIST), "list", "unknown_extension"),
        (b"a,b\0\1\2,c\n" * 9, "list.csv", "binary"),
        (b"\x81\x20,\xff\xff\n", "list.csv", "unknown_encoding"),
    ],
)
def test_a_file_that_is_no_price_list_is_refused(content: bytes, name: str, reason: str) -> None:
    assert refused(content, name) == reason


def test_a_zip_archive_that_is_no_workbook_is_refused() -> None:
    assert refused(packed({"readme.txt": b"hello"})) == "not_a_workbook"


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_parsed() -> None:
    assert refused(b"x" * 50_000_000, "list.csv") == "too_large"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(workbook(LIST), xl__bomb=b"0" * 3_000_000)
    assert len(bomb) < 20_000
    assert refused(bomb, limits=Limits(unpacked_bytes=2_000_000)) == "unpacks_too_large"


def test_xml_with_entities_is_refused_in_any_part() -> None:
    hostile = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'
    assert refused(repacked(workbook(LIST), xl__sharedStrings=hostile)) == "xml_declaration"
    assert refused(repacked(workbook(LIST), **{"xl__sharedStrings.xml": hostile})) == "xml_declaration"
    wide = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")
    assert refused(repacked(workbook(LIST), **{"xl__styles.xml": wide})) == "xml_declaration"


@pytest.mark.parametrize("part", ["xl__workbook.xml", "xl__worksheets__sheet1.xml", "xl__styles.xml"])
@pytest.mark.parametrize("data", [b"", b"<not closed"])
def test_a_damaged_workbook_is_refused(part: str, data: bytes) -> None:
    assert refused(repacked(workbook(LIST), **{part: data})) == "damaged"


def test_rows_columns_and_cells_are_bounded() -> None:
    content = text_file([HEADINGS, *(unit(no=number) for number in range(30))])
    assert refused(content, "list.csv", Limits(rows=20)) == "too_many_rows"
    assert refused(content, "list.csv", Limits(columns=5)) == "too_many_columns"
    assert refused(content, "list.csv", Limits(cells=100)) == "too_many_cells"


def test_a_stray_cell_far_down_the_sheet_does_no_harm() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in LIST:
        sheet.append(list(row))
    sheet["A1048576"] = "x"
    assert len(read_price_list(saved(book), "list.xlsx").units) == 1


def test_more_lines_than_a_spreadsheet_holds_are_refused() -> None:
    assert refused(text_file(LIST) + b"\n" * 2**20, "list.csv") == "too_many_rows"


def test_the_missing_column_is_named() -> None:
    with pytest.raises(PriceListError) as caught:
        read_price_list(text_file([HEADINGS[:-2], unit()[:-2]]), "list.csv")
    assert caught.value.params == {"sheet": "list", "column": "list_price"}
    assert error_text(caught.value, "zh") == "工作表“list”缺少“总价”列，请补充该列或在列对应中指定。"


def test_a_chosen_column_that_does_not_exist_is_named() -> None:
    with pytest.raises(PriceListError) as caught:
        read_price_list(workbook(LIST), "list.xlsx", mapping={"note": "没有"})  # type: ignore[dict-item]
    assert (caught.value.reason, caught.value.params["column"]) == ("no_such_column", "没有")


def test_a_text_without_headings_is_no_table() -> None:
    assert refused(b"hello,world\n1,2\n", "list.csv") == "no_table"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_files_are_read_in_every_encoding_that_spreadsheets_write(encoding: str, delimiter: str) -> None:
    listed = read_price_list(text_file(LIST, encoding=encoding, delimiter=delimiter), "list.csv")
    assert [good.layout for good in listed.units] == ["两室"]


def test_hidden_sheets_and_sheets_without_a_table_are_left_out() -> None:
    book = openpyxl.Workbook()
    for number, (title, state) in enumerate([("3栋", "visible"), ("旧价", "hidden"), ("说明", "visible")]):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in LIST if number < 2 else [["本表仅供参考"]]:
            sheet.append(list(row))
    del book["Sheet"]
    listed = read_price_list(saved(book), "list.xlsx")
    assert [(sheet.name, sheet.hidden, sheet.header_row) for sheet in listed.sheets] == [
        ("3栋", False, 1),
        ("旧价", True, 0),
        ("说明", False, 0),
    ]
    assert len(listed.units) == 1

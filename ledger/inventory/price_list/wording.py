"""Refusals and errors in English and Chinese: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .errors import PriceListError
from .rows import Field, Param

Language = Literal["en", "zh"]

ROW_REASONS: dict[str, tuple[str, str]] = {
    "formula": (
        "{column} holds a formula. Paste it as a value and import again.",
        "“{column}”是公式，请粘贴为数值后重新导入。",
    ),
    "not_a_number": (
        "{column} is not a number: “{value}”. Write it in digits.",
        "“{column}”不是数字：“{value}”。请填写数字。",
    ),
    "missing_value": ("{column} is empty. Fill it in.", "“{column}”为空，请补填。"),
    "wrong_unit": (
        "{column} is in a unit that does not belong there: “{value}”.",
        "“{column}”的单位不对：“{value}”。",
    ),
    "out_of_range": (
        "{column} must be above zero and of a believable size: “{value}”.",
        "“{column}”须大于零且在合理范围内：“{value}”。",
    ),
    "too_many_decimals": (
        "{column} has too many decimals: “{value}”. Areas take two decimals, amounts go down to the fen.",
        "“{column}”小数位过多：“{value}”。面积保留两位小数，金额精确到分。",
    ),
    "total_mismatch": (
        "Total {stated} yuan differs from area × unit price = {computed} yuan. Correct one of the three.",
        "总价 {stated} 元与“面积×单价” {computed} 元不符，请核对面积、单价、总价。",
    ),
    "duplicate": (
        "The unit number stands in row {first_row} of building {building} already. Keep one of the rows.",
        "房号在{building}第 {first_row} 行已出现，请只保留一行。",
    ),
    "inside_exceeds_building_area": (
        "{column} is larger than the building area. Correct one of the two.",
        "“{column}”大于建筑面积，请核对。",
    ),
    "bad_unit_number": (
        "The unit number is a date or an error value: “{value}”. Format the cell as text and type it again.",
        "房号被识别为日期或错误值：“{value}”。请将单元格设为文本后重新填写。",
    ),
    "missing_building": (
        "No building is given, here or above. Fill in the building.",
        "本行及以上各行均未填写楼栋，请补填。",
    ),
}

FILE_ERRORS: dict[str, tuple[str, str]] = {
    "unknown_extension": (
        "{file}: files ending in “{extension}” cannot be read. Save the list as .xlsx or .csv.",
        "{file}：无法读取扩展名为“{extension}”的文件，请另存为 .xlsx 或 .csv。",
    ),
    "too_large": (
        "{file} is too large; the limit is {limit_mb} MB. Keep the price list alone in the file.",
        "{file} 过大，上限为 {limit_mb} MB。请只保留价目表后重试。",
    ),
    "empty_file": ("{file} is empty.", "{file} 是空文件。"),
    "old_workbook": (
        "{file} is a workbook in the old .xls format. Open it and save it as .xlsx.",
        "{file} 是旧版 .xls 格式，请打开后另存为 .xlsx。",
    ),
    "encrypted": (
        "{file} is protected by a password. Remove the password and try again.",
        "{file} 有密码保护，请去除密码后重试。",
    ),
    "not_what_its_name_says": (
        "{file} is not a {extension} file (found: {found}). Save it in the format of its name.",
        "{file} 的内容与扩展名 {extension} 不符（实际内容：{found}）。请按正确格式另存。",
    ),
    "not_a_workbook": (
        "{file} is a zip archive, but not a workbook. Save the list as .xlsx.",
        "{file} 是压缩包，不是工作簿。请另存为 .xlsx。",
    ),
    "damaged": (
        "{file} is damaged and cannot be read. Open it in a spreadsheet program and save it again.",
        "{file} 已损坏，无法读取。请用表格软件打开后重新保存。",
    ),
    "xml_declaration": (
        "{file} contains XML declarations that are not allowed. Save it again in a spreadsheet program.",
        "{file} 含有不允许的 XML 声明，请用表格软件重新保存。",
    ),
    "unpacks_too_large": (
        "{file} unpacks to more than {limit_mb} MB. Keep the price list alone in the file.",
        "{file} 解压后超过 {limit_mb} MB。请只保留价目表后重试。",
    ),
    "too_many_rows": ("The file has more than {limit} rows. Split it.", "文件超过 {limit} 行，请拆分。"),
    "too_many_columns": (
        "The file has more than {limit} columns. Delete what is not the price list.",
        "文件超过 {limit} 列，请删除价目表以外的内容。",
    ),
    "too_many_cells": (
        "The file has more than {limit} cells. Split it.",
        "文件超过 {limit} 个单元格，请拆分。",
    ),
    "binary": (
        "{file} holds binary data, not text. Save the list as .csv or .xlsx.",
        "{file} 含有二进制数据，不是文本。请另存为 .csv 或 .xlsx。",
    ),
    "unknown_encoding": (
        "{file} is neither UTF-8 nor GBK/GB18030. Save it as “CSV UTF-8” or .xlsx.",
        "{file} 的编码既不是 UTF-8 也不是 GBK/GB18030，请另存为“CSV UTF-8”或 .xlsx。",
    ),
    "bad_csv": (
        "The text file cannot be split into columns at line {line}. Look for an open quotation mark.",
        "文本文件第 {line} 行无法分列，请检查引号是否成对。",
    ),
    "no_table": (
        "{file} has no row with headings such as unit number, building area and total price.",
        "{file} 中未找到含房号、建筑面积、总价等列名的表头行。",
    ),
    "missing_column": (
        "Sheet {sheet} has no column for {column}. Add it or choose it in the mapping.",
        "工作表“{sheet}”缺少“{column}”列，请补充该列或在列对应中指定。",
    ),
    "no_such_column": (
        "Sheet {sheet} has no column “{column}”. Choose one of its headings.",
        "工作表“{sheet}”没有“{column}”列，请在表头中选择。",
    ),
}

FIELD_NAMES: dict[Field, tuple[str, str]] = {
    Field.BUILDING: ("building", "楼栋"),
    Field.ENTRANCE: ("entrance", "单元"),
    Field.FLOOR: ("floor", "楼层"),
    Field.UNIT_NO: ("unit number", "房号"),
    Field.LAYOUT: ("layout", "户型"),
    Field.BUILDING_AREA: ("building area", "建筑面积"),
    Field.INSIDE_AREA: ("inside area", "套内面积"),
    Field.SHARED_AREA: ("shared area", "公摊面积"),
    Field.LIST_UNIT_PRICE: ("unit price", "单价"),
    Field.LIST_PRICE: ("total price", "总价"),
    Field.FLOOR_UNIT_PRICE: ("floor price per m²", "底价单价"),
    Field.FLOOR_PRICE: ("floor price", "底价"),
    Field.ORIENTATION: ("orientation", "朝向"),
    Field.STATE: ("state", "状态"),
    Field.NOTE: ("note", "备注"),
}


def reason_text(code: str, params: Mapping[str, Param], language: Language = "en") -> str:
    """The reason for which a row was refused, as a sentence for the person who made the list."""
    return _worded(ROW_REASONS, code, params, language)


def error_text(error: PriceListError, language: Language = "en") -> str:
    """Why the whole file was refused and what to do about it."""
    return _worded(FILE_ERRORS, error.reason, error.params, language)


def _worded(
    texts: Mapping[str, tuple[str, str]], code: str, params: Mapping[str, object], language: Language
) -> str:
    at = 1 if language == "zh" else 0
    values = dict(params)
    for name, value in params.items():
        if name.endswith("_fen") and isinstance(value, int):
            values[name.removesuffix("_fen")] = f"{value // 100:,}.{value % 100:02d}"
    column = params.get("column")
    if isinstance(column, str) and column in set(Field):
        values["column"] = FIELD_NAMES[Field(column)][at]
    return texts[code][at].format_map(values)

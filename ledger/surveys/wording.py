"""What is wrong with a row of a survey, in English and Chinese: what it is and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.inventory.price_list import reason_text
from ledger.inventory.price_list.rows import Param
from ledger.inventory.price_list.wording import ROW_REASONS, Language

SURVEY_REASONS: dict[str, tuple[str, str]] = {
    "survey_wrong_building": (
        "The row is for building {building}. Keep the rows of {expected} alone in the file.",
        "本行属于{building}，文件中请只保留{expected}的房屋。",
    ),
    "survey_unknown_unit": (
        "{expected} has no unit of this number. Correct the number.",
        "{expected}没有此房号，请更正。",
    ),
    "survey_missing_unit": (
        "The unit of {expected} is missing from the file. A survey tells all units of its building.",
        "文件缺少{expected}的此房屋，测绘成果须包含全楼房屋。",
    ),
    "survey_no_inside_area": (
        "The unit is priced by inside area, but the row has none. Fill it in.",
        "该房屋按套内面积计价，本行未填套内面积，请补填。",
    ),
}


def survey_reason(code: str, params: Mapping[str, Param], language: Language = "en") -> str:
    """The reason for which a row was refused, as a sentence for the person who brings the survey."""
    if code in ROW_REASONS:
        return reason_text(code, params, language)
    return SURVEY_REASONS[code][1 if language == "zh" else 0].format_map(dict(params))

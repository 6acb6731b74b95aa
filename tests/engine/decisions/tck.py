"""Reads the cases of the DMN Technology Compatibility Kit: what goes in, what is asked, what must come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from lxml import etree

from engine.decisions import DecisionModel, evaluate, parse
from engine.feel import Months
from engine.feel.temporal import format_temporal, parse_date, parse_duration, parse_moment, parse_time
from engine.feel.wide import WideDate, WideMoment, WideSpan, WideTime

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_READERS: dict[str, Callable[[str], object]] = {
    "boolean": lambda text: text == "true",
    "decimal": Decimal,
    "double": lambda text: Decimal(text) if text not in ("NaN", "INF", "-INF") else None,
    "integer": Decimal,
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_moment,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
}


@dataclass(frozen=True)
class Case:
    """One result that the kit expects; ``asked`` is the decision, service or knowledge model."""

    name: str
    file: Path
    asked: str
    inputs: dict[str, object]
    expected: object


def _named(element: etree._Element, name: str) -> list[etree._Element]:
    return list(element.iterchildren(f"{{*}}{name}"))


def _value(element: etree._Element) -> object:
    components = _named(element, "component")
    if components:
        return {str(part.get("name")): _value(part) for part in components}
    lists = _named(element, "list")
    if lists:
        return [_value(item) for item in _named(lists[0], "item")]
    values = _named(element, "value")
    if not values or values[0].get(f"{XSI}nil") == "true" or element.get(f"{XSI}nil") == "true":
        return None
    kind = (values[0].get(f"{XSI}type") or "").rpartition(":")[2]
    text = values[0].text or ""
    read = _READERS.get(kind)
    return text if read is None else read(text.strip())


def cases(folder: Path) -> Iterator[Case]:
    """All cases of the files of one level."""
    for path in sorted(folder.glob("*/*-test*.xml")):
        root = etree.parse(str(path)).getroot()
        model = next((path.parent / (name.text or "").strip() for name in _named(root, "modelName")), None)
        for case in root.iter("{*}testCase"):
            inputs = {str(node.get("name")): _value(node) for node in _named(case, "inputNode")}
            for number, node in enumerate(_named(case, "resultNode")):
                called = case.get("type") in ("bkm", "decisionService")
                asked = (case.get("invocableName") if called else None) or str(node.get("name"))
                expected = next(map(_value, _named(node, "expected")), None)
                yield Case(
                    f"{path.stem}-{case.get('id')}-{number}",
                    model or path.parent / f"{path.parent.name}.dmn",
                    asked,
                    inputs,
                    expected,
                )


def model_of(file: Path) -> DecisionModel:
    """A model with all other files of its folder at hand for import."""
    others = [other.read_bytes() for other in sorted(file.parent.glob("*.dmn")) if other != file]
    return parse(file.read_bytes(), others)


def answer(case: Case, model: DecisionModel) -> object:
    """What we give, by the standard: null where there is no value."""
    return evaluate(model, case.asked, case.inputs, today=NOW.date(), now=NOW, strict=False).value


def plain(value: object) -> object:
    """A value as the kit compares it: numbers to eight places, temporal values as their texts."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return round(Decimal(value), 8)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    temporal = (date, time, timedelta, Months, WideDate, WideTime, WideMoment, WideSpan)
    return format_temporal(value) if isinstance(value, temporal) else value

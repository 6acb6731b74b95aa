"""Every level-2 case of the DMN Technology Compatibility Kit, read from beside the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from engine.decisions import evaluate, parse
from tests.machine import SHARED

CASES = SHARED / "data" / "dmn-tck" / "compliance-level-2"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

if not CASES.is_dir():
    pytest.skip("the level-2 cases are not beside this checkout", allow_module_level=True)


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
    if not values or values[0].get(f"{XSI}nil") == "true":
        return None
    text = values[0].text or ""
    kind = (values[0].get(f"{XSI}type") or "").rpartition(":")[2]
    if kind == "boolean":
        return text == "true"
    return Decimal(text) if kind in ("decimal", "double", "integer") else text


def _plain(value: object) -> object:
    """Numbers rounded as the kit compares them."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return round(Decimal(value), 8)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _cases() -> Iterator[object]:
    for path in sorted(CASES.glob("*/*-test-*.xml")):
        for case in etree.parse(str(path)).getroot().iter("{*}testCase"):
            yield pytest.param(path, case, id=f"{path.parent.name}-{case.get('id')}")


@pytest.mark.parametrize(("path", "case"), list(_cases()))
def test_case_gives_what_the_kit_expects(path: Path, case: etree._Element) -> None:
    model = parse((path.parent / f"{path.parent.name}.dmn").read_bytes())
    inputs = {str(node.get("name")): _value(node) for node in _named(case, "inputNode")}
    for node in _named(case, "resultNode"):
        expected = _value(_named(node, "expected")[0])
        result = evaluate(model, str(node.get("name")), inputs)
        assert _plain(result.value) == _plain(expected), node.get("name")


def test_all_files_of_the_kit_are_read() -> None:
    assert len(list(CASES.glob("*/*"))) == 56

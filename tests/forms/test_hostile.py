"""Whatever is posted or uploaded ends in clean answers or a coded refusal, never in a traceback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import compile as compiled
from forms.describe import describe
from forms.errors import FormError
from forms.reading import read
from forms.validator import FormValidator
from kernel.clock import MovedClock
from kernel.errors import AnswersInvalid
from tests.forms.making import component, raw

CLOCK = MovedClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1e999", "１２", "-0", "1/0", "9" * 60, "2026-02-30", "\x00", "joint", "shares", "offer"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@pytest.mark.parametrize("form_key", compiled.shipped())
@settings(max_examples=25, derandomize=True, deadline=None)
@given(data=st.data())
def test_any_answers_are_cleaned_or_refused_by_field(form_key: str, data: st.DataObject) -> None:
    form = compiled.load(form_key)
    rows = {c.key: [column.key for column in c.columns] for c in form.model.components if c.kind == "rows"}
    answers: dict[str, Any] = {}
    for name in form.types:
        columns = rows.get(name)
        row = st.fixed_dictionaries({}, optional=dict.fromkeys(columns or ["x"], JSON))
        answers[name] = data.draw(st.lists(row, max_size=3) | JSON if columns else JSON)
    try:
        clean = FormValidator().validate(form_key, answers, {}, CLOCK)
    except AnswersInvalid as refused:
        assert all(
            code and isinstance(params, dict) for found in refused.errors.values() for code, params in found
        )
    else:
        json.dumps(clean, allow_nan=False)
    assert describe(form, "zh", answers)


PARTS = ["type", "key", "id", "label", "properties", "validate", "values", "components", "path", "conditional"]
PIECES = st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON)) | st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["textfield", "number", "select", "dynamiclist", "datetime", "group", "text", "radio"]
        ),
        "key": st.sampled_from(["a", "b", "c"]),
    },
    optional=dict.fromkeys(PARTS[3:], JSON),
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(pieces=st.lists(PIECES, max_size=3), more=st.fixed_dictionaries({}, optional={"properties": JSON}))
def test_any_form_file_is_read_or_refused(pieces: list[Any], more: dict[str, Any]) -> None:
    try:
        model = read("story/ask", json.dumps({"components": pieces, **more}).encode())
    except FormError as refused:
        assert refused.code.startswith("form_")
    else:
        assert len(model.components) <= 60


@pytest.mark.parametrize(
    "broken",
    [
        {"properties": "x"},
        {"validate": [1]},
        {"values": "abc"},
        {"values": [{"value": "v", "properties": 5}]},
        {"properties": {"kind": ["money"]}},
        {"properties": {"shown_when": {"a": 1}}},
        {"properties": {"min": {}}},
        {"properties": {"sum_column": ["a"], "look": {}}},
        {"components": {"a": 1}},
    ],
)
@pytest.mark.parametrize("kind", ["textfield", "select", "dynamiclist", "number"])
def test_a_component_of_the_wrong_shape_is_refused(kind: str, broken: dict[str, Any]) -> None:
    try:
        read("story/ask", raw({**component(kind, "a", path="a", components=[], values=[]), **broken}))
    except FormError as refused:
        assert refused.code.startswith("form_")

"""A form file that could not be honoured is refused with the component and the reason."""

from __future__ import annotations

import json

import pytest

from forms import checks
from forms import compile as compiled
from forms.errors import FormError
from forms.reading import SIZE_LIMIT, read
from tests.forms.making import component, raw

CHOICE = {"type": "select", "key": "a", "id": "F1"}


@pytest.mark.parametrize(
    ("file", "code", "named"),
    [
        (b"\xff\xfe", "form_not_utf8", None),
        (b"{", "form_not_json", None),
        (b"[]", "form_not_json", None),
        (b"[" * 100_000, "form_not_json", None),
        (b"{}", "form_components_missing", None),
        (b" " * (SIZE_LIMIT + 1), "form_too_large", None),
        (raw({"type": "iframe", "key": "a"}), "form_component_unknown", "a"),
        (raw(component("textfield", "a", properties={"kind": "moneys"})), "form_kind_unknown", "a"),
        (raw(component("textfield", "A b")), "form_key_invalid", "Field_A b"),
        (raw(component("textfield", "typename")), "form_key_invalid", "Field_typename"),
        (raw(component("textfield", "a"), component("number", "a")), "form_key_twice", "a"),
        (raw(CHOICE), "form_options_missing", "a"),
        (raw({**CHOICE, "values": [{"label": "x"}]}), "form_option_invalid", "a"),
        (raw(component("textfield", "a", validate={"pattern": "("})), "form_pattern_invalid", "a"),
        (raw(component("number", "a", validate={"min": "x"})), "form_bound_invalid", "a"),
        (raw(component("textfield", "a", properties={"shown_when": "b=1"})), "form_condition_unknown", "a"),
        (raw(component("textfield", "a", properties={"shown_when": "b"})), "form_condition_invalid", "a"),
        (raw(component("textfield", "a", conditional={"hide": "=b"})), "form_condition_unsupported", "a"),
    ],
)
def test_a_wrong_form_is_refused(file: bytes, code: str, named: str | None) -> None:
    with pytest.raises(FormError) as caught:
        read("story/ask", file)
    assert (caught.value.code, caught.value.component) == (code, named)


def test_a_form_without_chinese_words_is_found() -> None:
    bare = json.dumps({"components": [{"type": "textfield", "key": "a", "label": "A"}]}).encode()
    found = {(error.component, error.params["language"]) for error in checks.check("story/ask", bare)}
    assert found == {(None, "en"), (None, "zh"), ("a", "zh")}


def test_what_is_wrong_is_named_with_its_line() -> None:
    file = json.dumps(
        json.loads(raw(component("textfield", "a"), component("number", "b", properties={"kind": "x"}))), indent=2
    )
    (error,) = checks.check("story/ask", file.encode())
    assert (error.code, error.component) == ("form_kind_unknown", "b")
    assert error.line is not None and '"b"' in file.splitlines()[error.line - 1]
    (broken,) = checks.check("story/ask", b'{\n "components": [\n}')
    assert (broken.code, broken.line) == ("form_not_json", 3)


def test_a_key_never_leaves_the_forms_folder() -> None:
    for key in ("../pyproject", "booking_to_contract/../../x", "/etc/passwd", "a/b/c", ""):
        assert not compiled.exists(key)
        with pytest.raises(FormError):
            compiled.load(key)


def test_every_shipped_form_can_be_used_in_both_languages() -> None:
    assert checks.check_shipped() == []

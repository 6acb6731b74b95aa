"""Expressions of other languages: translated where the meaning is certain, otherwise refused with the reason."""

import pytest

from engine.definitions.foreign.assignments import assignments
from engine.definitions.foreign.expressions import NotCertain, feel_of, setting_of
from engine.feel import evaluate

CERTAIN = [
    ("${approved}", "approved"),
    ("#{!approved}", "not(approved)"),
    ("${amount == 5}", "amount = 5"),
    ("${amount != 5 && state == 'open'}", 'amount != 5 and state = "open"'),
    ("${a || b && c}", "a or b and c"),
    ("${(a || b) && !c}", "(a or b) and not(c)"),
    ("${a eq 1 and b ge 2 or not c}", "a = 1 and b >= 2 or not(c)"),
    ("${order.total > 100.5}", "order.total > 100.5"),
    ("${order['total'] lt 3}", "order.total < 3"),
    ("${items[0] == \"x\"}", 'items[1] = "x"'),
    ("${empty names}", 'list contains([null, "", []], names)'),
    ("${not empty names}", 'not(list contains([null, "", []], names))'),
    ("${x > 1 ? 'many' : 'one'}", 'if x > 1 then "many" else "one"'),
    ("${nrOfCompletedInstances / nrOfInstances >= 0.5}", "nrOfCompletedInstances / nrOfInstances >= 0.5"),
    ("${(a + b) * 2 > c - -1}", "(a + b) * 2 > c - -1"),
    ("${a - (b - c) == 0}", "a - (b - c) = 0"),
    ('${execution.getVariable("x") == null}', "x = null"),
    ("${state.equals('open')}", 'state = "open"'),
    ("a == b", "a = b"),
    ("approved = 'yes'", 'approved = "yes"'),
    ("bpmn:getDataObject('clarified') = 'yes'", 'clarified = "yes"'),
    ("x is not None", "x != null"),
    ("kind in ['a', 'b']", 'list contains(["a", "b"], kind)'),
    ("a and not b", "a and not(b)"),
    ("1 < x <= 5", "1 < x and x <= 5"),
    ("done == True", "done = true"),
    ('state == "say \\"x\\""', 'state = "say \\"x\\""'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "feel"), CERTAIN)
def test_what_is_certain_is_said_in_feel(text: str, feel: str) -> None:
    assert feel_of(text) == feel


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${user.isAdmin()}", "uncertain_call"),
        ("${fn:length(x) > 1}", "uncertain_sign"),
        ("${a % 2 == 0}", "uncertain_remainder"),
        ("${'a' + b == 'ab'}", "uncertain_text_sum"),
        ("${a = 5}", "uncertain_sign"),
        ("${a ==}", "uncertain_end"),
        ("${date == 1 ? function : 2}", "uncertain_name"),
        ("not a == b", "uncertain_order"),
        ("Order is complete", "uncertain_words"),
        ("Service Level == 'Premium'", "uncertain_words"),
        ("len(items) > 0", "uncertain_call"),
        ("x // 2 == 1", "uncertain_sign"),
        ("${" + "(" * 500 + "a" + ")" * 500 + "}", "uncertain_too_deep"),
        ("${" + "!" * 500 + "a}", "uncertain_too_deep"),
        ("${a == '" + "x" * 3000 + "'}", "uncertain_too_long"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotCertain) as refused:
        feel_of(text)
    assert refused.value.code == why


@pytest.mark.parametrize(
    "text", ["= amount > 5", "amount > 5", "not(x)", "if a then b else c", 'kind in ("a", "b")']
)
def test_feel_is_never_touched(text: str) -> None:
    assert feel_of(text) is None


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        ("${empty a}", {"a": []}, True),
        ("${empty a}", {"a": None}, True),
        ("${!empty a}", {"a": ["x"]}, True),
        ("${a[0] == 'x'}", {"a": ["x", "y"]}, True),
        ("a[-1] == 'y' and len1 != None", {"a": ["x", "y"], "len1": 2}, True),
        ("${x == 1 ? a : b}", {"x": 2, "a": 1, "b": False}, False),
        ("return amount > 5 && state == \"open\";", {"amount": 6, "state": "open"}, True),
    ],
)  # fmt: skip
def test_the_translation_means_the_same(text: str, data: dict[str, object], value: object) -> None:
    language = "http://www.java.com/java" if text.startswith("return") else None
    assert evaluate(feel_of(text, language) or "", data) is value


def test_settings_are_plain_or_worked_out_or_both() -> None:
    assert setting_of("kermit") == "kermit"
    assert setting_of("${owner.name}") == "= owner.name"
    assert setting_of("team-${region}") == '= "team-" + string(region)'
    assert setting_of("= owner") == "= owner"


@pytest.mark.parametrize(
    ("script", "language", "result", "assigns"),
    [
        ("x = a + 1\ny = x * 2", "python", None, [("x", "a + 1"), ("y", "x * 2")]),
        ("total += price", "python", None, [("total", "total + price")]),
        ("execution.setVariable('ok', amount > 5);", "javascript", None, [("ok", "amount > 5")]),
        ("// why\nsum = a + b; done = true", "groovy", None, [("sum", "a + b"), ("done", "true")]),
        ("a * 2", "groovy", "double_a", [("double_a", "a * 2")]),
        ("= a * 2", "feel", "b", [("b", "a * 2")]),
    ],
)
def test_scripts_that_only_assign_are_read(
    script: str, language: str, result: str | None, assigns: object
) -> None:
    assert assignments(script, language, result) == assigns


@pytest.mark.parametrize(
    ("script", "language"),
    [
        ("import os\nos.system('x')", "python"),
        ("for x in y: z = x", "python"),
        ("x = y.pop()", "python"),
        ("println('hello')", "groovy"),
        ("var x = 5", "javascript"),
        ("if (a) { b = 1 }", "javascript"),
        ("x = 1", "ruby"),
    ],
)
def test_scripts_that_do_more_are_refused(script: str, language: str) -> None:
    with pytest.raises(NotCertain):
        assignments(script, language, None)

"""The analysts' page says what the checks say: its examples pass, and it leaves nothing out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from lxml import etree

import engine.api
import handlers
from engine.decisions.hit_policies import HIT_POLICIES
from engine.definitions import check as checking
from engine.definitions import read
from engine.definitions.checks import places, support
from engine.definitions.checks.times import readable_time
from engine.definitions.names import BPMN, KEYTURN, local, q
from engine.feel import compile_expression
from engine.findings import errors_of
from engine.spiff.build import build
from engine.wiring import wiring_of
from forms.checks import check as check_form
from forms.model import DATA_TYPES
from forms.reading import LOOKUPS
from forms.validator import FormValidator
from ledger.staff.roles import ROLES
from tests.docs.pages import ROOT, fenced, text_of
from webapp.definitions import shipped_resources

PAGE = text_of("docs/analysts.md")
DIAGRAMS, FORMS = fenced(PAGE, "xml"), fenced(PAGE, "json")
NAMESPACES = f'xmlns:bpmn="{BPMN}" xmlns:keyturn="{KEYTURN}"'
ROOTS = {"message", "error", "signal", "escalation"}
ASIDE = {"boundaryEvent", "sequenceFlow", "association"}


@cache
def wiring() -> checking.Wiring:
    """Everything the shipped product offers to a diagram."""
    processes, decisions = checking.keys_of(shipped_resources())
    roles = frozenset(ROLES)
    return wiring_of(handlers.registry(), FormValidator(), roles=roles, processes=processes, decisions=decisions)


def whole(example: str) -> bytes:
    """A file around an example: its shapes in a row between a start and an end."""
    root = etree.fromstring(
        f'<bpmn:definitions {NAMESPACES} targetNamespace="urn:page">{example}</bpmn:definitions>'
    )
    process = root.find(q("process"))
    if process is None:
        process = etree.SubElement(root, q("process"), id="example", isExecutable="true")
        process.extend([child for child in root if local(child) not in ROOTS and child is not process])
    _connect(process, [child for child in process if child.get("id") and local(child) not in ASIDE])
    return etree.tostring(root)


def _connect(process: etree._Element, shapes: list[etree._Element]) -> None:
    drawn = [(flow.get("sourceRef"), flow.get("targetRef")) for flow in process.iterfind(q("sequenceFlow"))]
    beside = ("triggeredByEvent", "isForCompensation")
    row = [s.get("id", "") for s in shapes if not any(s.get(flag) == "true" for flag in beside)]
    if drawn:
        row = row[:1]
    starts = [shape.get("id", "") for shape in shapes if local(shape) == "startEvent"]
    row = [*(starts or ["begin"]), *(name for name in row if name not in starts)]
    flows = list(pairwise(row if drawn else [*row, "over"]))
    boundary = [b for b in process.iterfind(q("boundaryEvent")) if b.find(q("compensateEventDefinition")) is None]
    flows += [(event.get("id", ""), "over") for event in boundary]
    if not starts:
        etree.SubElement(process, q("startEvent"), id="begin")
    if any("over" in flow for flow in flows):
        etree.SubElement(process, q("endEvent"), id="over")
    for number, (source, target) in enumerate(flows):
        etree.SubElement(process, q("sequenceFlow"), id=f"row_{number}", sourceRef=source, targetRef=target)


@pytest.mark.parametrize("example", [e for _, e in DIAGRAMS], ids=[f"line {n}" for n, _ in DIAGRAMS])
def test_a_drawn_example_passes_the_checks_of_a_deployment(example: str) -> None:
    found = checking.check_resources({"example.bpmn": whole(example)}, wiring())
    assert errors_of(found) == []
    assert {f.code for f in found} <= {"error_uncaught"}
    build(read(whole(example)), "example", 1)


def test_the_checks_would_refuse_a_wrong_example() -> None:
    wrong = DIAGRAMS[0][1].replace("sales_consultant", "nobody_such")
    found = errors_of(checking.check_resources({"example.bpmn": whole(wrong)}, wiring()))
    assert [f.code for f in found] == ["role_unknown"]


@pytest.mark.parametrize("example", [e for _, e in FORMS], ids=[f"line {n}" for n, _ in FORMS])
def test_a_form_example_can_be_used(example: str) -> None:
    assert check_form("page/example", example.encode()) == []


def test_the_handler_example_uses_names_that_exist() -> None:
    example = fenced(PAGE, "python")[0][1]
    imported = [a.name for n in ast.parse(example).body if isinstance(n, ast.ImportFrom) for a in n.names]
    assert set(imported) - {"dataclass"} <= set(dir(engine.api))


def said_of_extensions() -> Iterator[str]:
    """The names of extension elements and attributes that the reader asks for."""
    tree = ast.parse((ROOT / "engine/definitions/extensions.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[-1], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("_own", "_inside", "_mapped", "_definition_own"):
                yield f"keyturn:{node.args[-1].value}"
        gets = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get"
        if isinstance(node, ast.Call) and gets and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def test_every_extension_that_the_reader_understands_is_on_the_page() -> None:
    asked = set(said_of_extensions())
    assert len(asked) > 30
    assert [name for name in sorted(asked) if not re.search(rf"\b{re.escape(name)}\b", PAGE)] == []


def test_every_extension_on_the_page_is_understood() -> None:
    assert set(re.findall(r"keyturn:\w+", PAGE)) <= set(said_of_extensions())


def test_everything_that_is_refused_is_on_the_page() -> None:
    assert [kind for kind in sorted(support._UNSUPPORTED_NODES) if f"`{kind}`" not in PAGE] == []
    places_of_events = {kind for kinds in places._PLACES.values() for kind in kinds}
    assert [kind for kind in sorted(places_of_events) if kind not in PAGE] == []


def test_every_kind_of_answer_and_every_hit_policy_is_on_the_page() -> None:
    assert [kind for kind in sorted(LOOKUPS) if f"`{kind}`" not in PAGE] == []
    assert [policy for policy in sorted(HIT_POLICIES) if policy not in PAGE] == []
    assert len(DATA_TYPES) == 15


def test_every_way_to_write_a_time_can_be_read() -> None:
    table = PAGE[PAGE.index("| You write | It means |") :].partition("\n\n")[0]
    written = [text for row in table.splitlines()[2:] for text in re.findall("`([^`]+)`", row)]
    assert len(written) > 9
    for text in written:
        if text.startswith("="):
            compile_expression(text.lstrip("= "))
        else:
            assert readable_time(text), text

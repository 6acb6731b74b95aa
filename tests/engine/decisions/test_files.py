"""Files that are not what they say, or want more than a decision."""

from __future__ import annotations

import pytest

from engine.decisions import DecisionFileError, evaluate, parse
from tests.engine.decisions.dmn import DMN, decision, file, input_data, literal, source

NAMESPACES = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    assert evaluate(file(decision(literal("1 + 1")), namespace=namespace), "decide", {}).value == 2


BOMB = """<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
OUTSIDE = """<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>"""
REMOTE = """<!DOCTYPE d SYSTEM "http://example.invalid/evil.dtd">"""


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, REMOTE, "<!DOCTYPE d>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_references_are_refused(doctype: str, encoding: str) -> None:
    body = f'<definitions xmlns="{DMN}" name="x">{decision(literal("&a;" if "ENTITY" in doctype else "1"))}</definitions>'
    body = body.replace("&amp;a;", "&a;")
    with pytest.raises(DecisionFileError) as caught:
        parse((doctype + body).encode(encoding))
    assert caught.value.code in ("decision_file_entities", "decision_file_not_xml")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "decision_file_not_xml"),
        (b"PK\x03\x04 not xml", "decision_file_not_xml"),
        (b"<definitions", "decision_file_not_xml"),
        ("<定义>".encode("gbk"), "decision_file_not_xml"),
        (b"<definitions/>", "decision_file_not_dmn"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "decision_file_not_dmn"),
        (f'<decision xmlns="{DMN}"/>'.encode(), "decision_file_not_dmn"),
        (b" " * 2_000_001, "decision_file_too_big"),
        (source("<a>" * 150 + "</a>" * 150), "decision_file_too_deep"),
        (source("<a>" * 5_000 + "</a>" * 5_000), "decision_file_not_xml"),
        (source("<a/>" * 70_000), "decision_file_too_deep"),
        (source("".join(input_data(f"a {n}") for n in range(4_000))), "decision_file_too_deep"),
    ],
)
def test_unsound_file_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(DecisionFileError) as caught:
        parse(content)
    assert caught.value.code == code


def test_extensions_comments_and_drawings_are_passed_over() -> None:
    extra = '<x:own xmlns:x="urn:x"><x:decision id="no"/></x:own><!-- note --><?target data?>'
    model = file(extra, decision(f"<extensionElements>{extra}</extensionElements>" + literal("7")))
    assert list(model.decisions) == ["decide"]
    assert evaluate(model, "decide", {}).value == 7

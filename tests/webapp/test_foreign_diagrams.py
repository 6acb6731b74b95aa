"""Diagrams that other tools and beginners have drawn: each is answered with findings, quickly, in words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.definitions import read_all
from engine.definitions.check import check_resources
from engine.definitions.checks import check_process
from engine.definitions.wiring import Wiring
from engine.findings import DefinitionError, Finding
from tests.machine import SHARED
from webapp.cli.wording import speaking
from webapp.wording import is_worded, word

DIAGRAMS = SHARED / "data" / "bpmn"
FILES = sorted(file for file in DIAGRAMS.rglob("*.bpmn") if file.is_file())

if not FILES:
    pytest.skip("the foreign diagrams are not beside this checkout", allow_module_level=True)


def findings_of(file: Path) -> Iterator[Finding]:
    """What a deployment would say, and what each process drawn would say if it were executable."""
    content = file.read_bytes()
    yield from check_resources({file.name: content}, Wiring())
    try:
        models = read_all(content, resource=file.name)
    except DefinitionError as refused:
        yield from refused.findings
        return
    for model in models:
        yield from check_process(model, Wiring())


def test_each_is_answered_quickly_and_every_finding_reads_as_a_sentence_in_both_languages() -> None:
    slow: list[str] = []
    told: dict[str, Finding] = {}
    for file in FILES:
        begun = time.process_time()
        told.update({finding.code: finding for finding in findings_of(file)})
        if time.process_time() - begun > 2:
            slow.append(file.name)
    assert slow == []
    assert len(told) > 15
    assert [code for code in told if not is_worded(code)] == []
    english, chinese = sentences(told, "en"), sentences(told, "zh")
    assert [code for code in told if english[code] == chinese[code]] == []


def sentences(findings: dict[str, Finding], language: str) -> dict[str, str]:
    """Findings in words, by code."""
    with speaking(language):
        return {code: word(code, finding.params) for code, finding in findings.items()}

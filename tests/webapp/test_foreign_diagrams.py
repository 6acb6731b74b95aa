"""Diagrams that other tools and beginners have drawn: each is answered with findings, quickly, in words."""

from __future__ import annotations

import json
import re
import time
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.definitions.check import check_resources
from engine.definitions.reader import read_file
from engine.definitions.wiring import Wiring
from engine.findings import REWRITTEN, SEVERITIES, Finding
from tests.machine import SHARED
from webapp.cli.main import main
from webapp.cli.wording import speaking
from webapp.wording import is_worded, word

DIAGRAMS = SHARED / "data" / "bpmn"
FILES = sorted(file for file in DIAGRAMS.rglob("*.bpmn") if file.is_file())
# A hang, not a slow machine: a file takes hundredths of a second.
PATIENCE = 2
# What a sentence must not hold: names of our codes, BPMN's words for kinds, Python's words.
RAW = re.compile(r"\b(?:[a-z]+_[a-z_]+|[a-z]+(?:Event|Task|Gateway|EventDefinition)|None|True|False|Traceback)\b")
QUOTED = re.compile(r"“.*?”|（.*?）|\(.*?\)|keyturn:\w+|isExecutable")

if not FILES:
    pytest.skip("the foreign diagrams are not beside this checkout", allow_module_level=True)


@cache
def told() -> dict[Path, list[Finding]]:
    """What each file is told, by itself; fails for one that hangs."""
    found = {}
    for file in FILES:
        begun = time.process_time()
        found[file] = check_resources({file.name: file.read_bytes()}, Wiring(roles=frozenset()))
        assert time.process_time() - begun < PATIENCE, file.name
    return found


def all_findings() -> list[Finding]:
    return [finding for findings in told().values() for finding in findings]


def test_every_file_is_answered_and_every_finding_names_an_element() -> None:
    assert len(told()) == len(FILES)
    assert all(finding.severity in SEVERITIES for finding in all_findings())
    assert [
        f.code for f in all_findings() if f.element_id is None and not f.code.startswith(("xml_", "file_"))
    ] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_reads_as_a_sentence_without_a_raw_code(language: str) -> None:
    raw: set[str] = set()
    with speaking(language):
        for finding in all_findings():
            assert is_worded(finding.code)
            sentence = word(finding.code, finding.params)
            assert "%(" not in sentence
            assert sentence.endswith((".", "。", "？", "”"))
            if RAW.search(QUOTED.sub("", sentence)):
                raw.add(sentence)
    assert raw == set()


def test_both_languages_differ_for_every_code() -> None:
    by_code = {finding.code: finding for finding in all_findings()}
    assert len(by_code) > 40
    sentences = {}
    for language in ("en", "zh"):
        with speaking(language):
            sentences[language] = {code: word(code, f.params) for code, f in by_code.items()}
    assert [code for code in by_code if sentences["en"][code] == sentences["zh"][code]] == []


def test_no_step_and_no_arrow_of_any_file_is_lost() -> None:
    lost = [
        (file.name, f.element_id)
        for file, findings in told().items()
        for f in findings
        if f.code == "element_lost"
    ]
    assert lost == []
    for file in FILES:
        reading = read_file(file.read_bytes())
        steps = sum(len(model.nodes) for model in reading.models)
        assert steps > 0 or any(f.severity == "error" for f in reading.findings), file.name


def test_files_that_can_run_when_read_otherwise_are_offered_with_what_was_rewritten() -> None:
    rewritten = {file for file, findings in told().items() if any(f.severity == REWRITTEN for f in findings)}
    assert len(rewritten) > len(FILES) / 2


def test_the_command_takes_both_folders_at_once_and_counts_its_files() -> None:
    answer = CliRunner().invoke(main, ["check", str(DIAGRAMS)], env={"LANG": "en_GB.UTF-8"})
    assert answer.exit_code == 1
    assert f"Files: {len(FILES)}" in answer.output.splitlines()[-1]
    assert "Traceback" not in answer.output
    rows = json.loads(CliRunner().invoke(main, ["check", str(FILES[0]), "--json"]).stdout)
    assert {row["resource"] for row in rows} == {str(FILES[0])}

"""``keyturn check`` over files and folders of other tools: one bad file never stops the rest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli.main import main

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
GOOD = (
    f'{HEAD}<process id="good" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
)
READ_OTHERWISE = GOOD.replace('id="good" isExecutable="true"', 'id="Good-Too"')
WRONG = GOOD.replace('targetRef="e"', 'targetRef="nowhere"').replace("good", "wrong")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "drawings" / "old"
    inner.mkdir(parents=True)
    (inner / "good.bpmn").write_text(GOOD)
    (inner / "otherwise.bpmn20.xml").write_text(READ_OTHERWISE)
    (tmp_path / "drawings" / "wrong.bpmn2").write_text(WRONG)
    (tmp_path / "drawings" / "page.bpmn").write_text("<!doctype html><html>Sign in</html>")
    (tmp_path / "drawings" / "big.bpmn").write_bytes(b"<a>" * 2_000_000)
    (tmp_path / "drawings" / "notes.txt").write_text("not looked at")
    return tmp_path / "drawings"


def check(*words: str, language: str = "en_GB") -> Result:
    return CliRunner().invoke(main, ["check", *words], env={"LANG": f"{language}.UTF-8"})


def test_a_folder_is_looked_through_and_each_file_is_told_by_itself(folder: Path) -> None:
    answer = check(str(folder), str(folder / "gone.bpmn"))
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    last = answer.output.splitlines()[-1]
    assert last == "Files: 6, ready: 1, ready as read here: 1, with errors: 4"
    assert "wrong.bpmn2:1: error: [f]" in answer.output
    assert "web page" in answer.output
    assert "notes.txt" not in answer.output


def test_json_says_the_same_and_the_exit_code_is_about_errors_alone(folder: Path) -> None:
    otherwise = folder / "old" / "otherwise.bpmn20.xml"
    answer = check("--json", str(otherwise))
    assert answer.exit_code == 0
    rows = json.loads(answer.stdout)
    assert {row["severity"] for row in rows} == {"rewritten"}
    assert all(row["element_id"] and row["text"] for row in rows)


def test_the_report_speaks_chinese(folder: Path) -> None:
    told = check(str(folder), language="zh_CN").output
    assert "错误" in told
    assert "改读" in told
    assert "按此处读法可部署 1 个" in told


def test_an_empty_folder_and_two_files_of_one_key_are_told_without_forbidding(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_text(GOOD)
    (tmp_path / "b.bpmn").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    answer = check("--json", str(tmp_path), str(tmp_path / "empty"))
    assert answer.exit_code == 0
    assert {row["code"] for row in json.loads(answer.stdout)} == {"process_key_twice", "folder_without_files"}


def test_deploying_says_how_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "otherwise.bpmn"
    file.write_text(READ_OTHERWISE)
    environment = {
        "KEYTURN_DATABASE_URL": f"sqlite:///{tmp_path / 'company.db'}",
        "KEYTURN_SECRET_FILE": str(tmp_path / "keys.json"),
        "LANG": "en_GB.UTF-8",
    }
    assert CliRunner().invoke(main, ["migrate"], env=environment).exit_code == 0
    told = CliRunner().invoke(main, ["deploy", str(file)], env=environment).output
    assert "read as: [Good-Too]" in told
    assert "good_too v1" in told


def test_a_pipe_or_a_device_keeps_no_other_file_from_being_told(folder: Path) -> None:
    """Reading either would never end."""
    os.mkfifo(folder / "a_pipe.bpmn")
    (folder / "zeros.bpmn").symlink_to("/dev/zero")
    told = json.loads(check(str(folder), "--json").stdout)
    odd = {Path(row["resource"]).name for row in told if row["code"] == "file_is_no_file"}
    assert odd == {"a_pipe.bpmn", "zeros.bpmn"}
    assert len({row["resource"] for row in told}) > len(odd)

"""Mending from a terminal: what failed, its input, running it again."""

from __future__ import annotations

import json

import pytest

from engine.api import StepFailed
from kernel.actor import SYSTEM
from tests.webapp.cli.test_commands import Terminal, terminal
from tests.webapp.operations.test_operations import DIAGRAM, Machine, machine
from webapp.engine_room import engine_for

__all__ = ["machine", "terminal"]


@pytest.fixture
def failed(terminal: Terminal, machine: Machine) -> tuple[Terminal, str]:
    """An installation with a case whose second step has failed; its id."""
    assert machine.broken
    terminal.run("migrate")
    database = terminal.database
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, database.clock)
        engine.deploy({"operations_story.bpmn": DIAGRAM})
        begun = engine.start("operations_story", {"floor": 3})
    with pytest.raises(StepFailed), database.unit_of_work() as session:
        engine_for(session, SYSTEM, database.clock).complete(begun.open_tasks[0], {"filled": True})
    return terminal, begun.id


def test_an_incident_is_listed_shown_noted_and_run_again(failed: tuple[Terminal, str], machine: Machine) -> None:
    terminal, _ = failed
    assert "operations_story.work  ZeroDivisionError" in terminal.run("incidents", "list").stdout
    (row,) = json.loads(terminal.run("incidents", "list", "--json").stdout)["rows"]
    shown = json.loads(terminal.run("incidents", "show", row["id"]).stdout)
    assert (shown["input"], shown["editable"]) == ({"filled": True, "floor": 3}, ["floor"])
    terminal.run("incidents", "note", row["id"], "asked")
    told = terminal.run("incidents", "retry", row["id"], fails=True)
    assert "could not be carried out" in told.stderr
    machine.broken = False
    (again,) = json.loads(terminal.run("incidents", "list", "--json").stdout)["rows"]
    terminal.run("incidents", "edit", again["id"], "floor=4", "--reason", "mistyped")
    terminal.run("incidents", "retry", again["id"], "--reason", "mended")
    assert terminal.run("incidents", "list").stdout.strip() == "0 / 0"


def test_process_data_is_edited_and_mistakes_are_told_in_words(failed: tuple[Terminal, str]) -> None:
    terminal, case = failed
    edited = json.loads(terminal.run("set-variables", case, "floor=4", "--reason", "mistyped").stdout)
    assert edited["id"] == case
    for words, told in (
        (["floor=four"], "write NAME=JSON"),
        (['floor="four"'], "holds a whole number; the new value is a text"),
        (["floor=5", "--as", "nobody"], "There is no account 'nobody'"),
    ):
        answer = terminal.run("set-variables", case, *words, "--reason", "x", fails=True)
        assert told in answer.output
        assert "Traceback" not in answer.output


def test_a_case_is_found_from_a_terminal(failed: tuple[Terminal, str]) -> None:
    terminal, case = failed
    told = terminal.run("instances", "find", "--element", "ask", "--failing").stdout
    assert told.startswith(case)
    assert terminal.run("instances", "find", "nothing").stdout.strip() == "0 / 0"
    (row,) = json.loads(terminal.run("instances", "find", "--json").stdout)["rows"]
    assert row["id"] == case
    assert "compares nothing" in terminal.run("instances", "find", "--fact", "x", fails=True).output


def test_processes_are_suspended_used_held_and_cleaned_from_a_terminal(failed: tuple[Terminal, str]) -> None:
    terminal, case = failed
    told = json.loads(terminal.run("processes", "suspend", "operations_story", "--reason", "wrong").stdout)
    assert told["suspended"] is True
    terminal.run("processes", "activate", "operations_story", "--reason", "mended")
    assert (
        "not suspended"
        in terminal.run("processes", "activate", "operations_story", "--reason", "twice", fails=True).output
    )
    assert (
        terminal.run("used-by", "handler", "operations_story.work").stdout == "operations_story v1  1 open  work\n"
    )
    hold = json.loads(terminal.run("history", "hold", "--case", case, "--reason", "law suit").stdout)
    assert json.loads(terminal.run("history", "holds").stdout)[0]["id"] == hold["id"]
    terminal.run("history", "lift", hold["id"], "--reason", "settled")
    terminal.run("processes", "keep-history", "operations_story", "--days", "1", "--reason", "the law")
    assert terminal.run("history", "clean").stdout == "0 erased, 0 held\n"
    (row,) = json.loads(terminal.run("operations", "--action", "hold:lift").stdout)["rows"]
    assert row["reason"] == "settled"
    assert json.loads(terminal.run("messages").stdout)["rows"] == []
    terminal.run("tidy")
    (job,) = json.loads(terminal.run("jobs", "list", "--kind", "clean_up", "--json").stdout)["rows"]
    assert job["state"] == "waiting"

"""Cases under way at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.api import default_registry
from tests.webapp.changing import FIRST, LONGER, WITHOUT, deploy, start
from tests.webapp.cli.test_commands import PASSWORD, Terminal
from webapp.jobs import JobRunner


@pytest.fixture
def company(tmp_path: Path) -> Terminal:
    """An installation with a person in it."""
    terminal = Terminal(tmp_path, f"sqlite:///{tmp_path / 'new' / 'company.db'}")
    terminal.run("init", "--company", "Homes", "--administrator", "ada", "--name", "Ada", "--password", PASSWORD)
    return terminal


def test_a_case_is_looked_at_and_migrated_at_the_terminal(company: Terminal) -> None:
    deploy(company.database, FIRST)
    (case,) = start(company.database)
    deploy(company.database, LONGER, WITHOUT)
    told = company.run("instances", "migrate", case, "--to", "2", "--dry-run").output
    assert "story v1 → v2" in told
    assert "t [t] stays" in told
    company.run("instances", "migrate", case, "--to", "2", fails=True)
    refused = company.run("instances", "migrate", case, "--to", "3", "--reason", "law", fails=True).output
    assert "[t] The case stands at “t”" in refused
    done = company.run("instances", "migrate", case, "--to", "3", "--map", "t=u", "--reason", "law", "--json")
    assert json.loads(done.stdout)["done"] is True


def test_a_mapping_without_an_equals_sign_is_refused(company: Terminal) -> None:
    words = ("instances", "migrate", "x", "--to", "2", "--map", "t", "--dry-run")
    assert "OLD=NEW" in company.run(*words, fails=True).output


def test_many_cases_are_ordered_followed_and_taken_back(company: Terminal) -> None:
    deploy(company.database, FIRST)
    start(company.database, count=3)
    deploy(company.database, LONGER, WITHOUT)
    runner = JobRunner(company.database, default_registry)
    order = ("batches", "start", "migrate", "--process", "story", "--reason", "law", "--json")
    looked = json.loads(company.run(*order, "--to", "3", "--dry-run").stdout)
    runner.run_due()
    told = company.run("batches", "show", looked["id"]).output
    assert "done 0, failed 3, waiting 0" in told
    assert told.count("[t] The case stands at “t”") == 3
    done = json.loads(company.run(*order, "--to", "2").stdout)
    company.run("batches", "stop", done["id"])
    company.run("batches", "continue", done["id"])
    runner.run_due()
    assert "Ended: done 3, failed 0, waiting 0" in company.run("batches", "list").output
    company.run("batches", "undo", done["id"], "--reason", "a mistake")
    runner.run_due()
    assert "already" in company.run("batches", "undo", done["id"], "--reason", "again", fails=True).output
    company.run("batches", "start", "cancel", "--reason", "x", fails=True)
    company.run("batches", "start", "migrate", "--process", "story", "--reason", "x", fails=True)


def test_a_token_is_moved_at_the_terminal(company: Terminal) -> None:
    deploy(company.database, LONGER)
    (case,) = start(company.database)
    told = company.run("instances", "move", case, "t", "u", "--dry-run").output
    assert "u [u] begins" in told
    assert "t [t] ends" in told
    company.run("instances", "move", case, "t", "u", fails=True)
    company.run("instances", "move", case, "t", "u", "--reason", "by hand")
    refused = company.run("instances", "modify", case, "--cancel", "u", "--reason", "x", fails=True).output
    assert "Nothing would be left" in refused
    done = company.run("instances", "modify", case, "--cancel", "u", "--after", "u", "--reason", "x", "--json")
    assert json.loads(done.stdout)["state"] == "completed"


def test_an_ended_case_begins_anew_and_a_version_comes_back_at_the_terminal(company: Terminal) -> None:
    deploy(company.database, FIRST, LONGER)
    (case,) = start(company.database)
    assert "has not ended" in company.run("instances", "restart", case, "t", "--dry-run", fails=True).output
    company.run("instances", "modify", case, "--cancel", "t", "--after", "u", "--reason", "x")
    assert "u [u] begins" in company.run("instances", "restart", case, "u", "--reason", "x").output
    assert company.run("versions", "story").output.startswith("v2 ")
    assert "added u [u] userTask" in company.run("compare", "story", "1", "2").output
    assert "v3 (= v1)" in company.run("rollback", "story", "1").output
    assert "newest already" in company.run("rollback", "story", "3", fails=True).output

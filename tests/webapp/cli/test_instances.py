"""Cases under way at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.webapp.changing import FIRST, LONGER, WITHOUT, deploy, start
from tests.webapp.cli.test_commands import PASSWORD, Terminal


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

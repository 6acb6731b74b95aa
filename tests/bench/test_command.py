"""What ``keyturn bench`` prints, and when it fails."""

import json

import pytest
from click.testing import CliRunner

from bench import command
from bench.command import bench

FAST = {"figure": "fast", "value": 0.5, "limit": 1.0, "holds": True, "unit": "×", "database": "sqlite"}
SLOW = {**FAST, "figure": "slow", "value": 2.0, "holds": False}
FREE = {**FAST, "figure": "free", "limit": None, "database": None}


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> None:
    short = {"engine": lambda _sizes: [FAST, FREE], "feel": lambda _sizes: [{**SLOW, "more": 1}]}
    monkeypatch.setattr(command, "GROUPS", short)


def test_a_group_is_printed_as_json_in_the_agreed_form() -> None:
    result = CliRunner().invoke(bench, ["engine", "--json"])
    assert (result.exit_code, json.loads(result.output)) == (0, [FAST, FREE])


def test_a_figure_that_does_not_hold_fails_the_whole_measurement() -> None:
    result = CliRunner().invoke(bench, ["--json"])
    assert result.exit_code == 1
    assert json.loads(result.output) == [FAST, FREE, SLOW]


def test_a_person_reads_a_line_per_figure() -> None:
    result = CliRunner().invoke(bench, [])
    assert result.output.splitlines() == [
        "ok   fast [sqlite]: 0.5 × (limit 1)",
        "ok   free: 0.5 ×",
        "FAIL slow [sqlite]: 2 × (limit 1)",
    ]


def test_an_unknown_group_is_refused() -> None:
    assert CliRunner().invoke(bench, ["nothing"]).exit_code == 2

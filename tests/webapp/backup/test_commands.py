"""Both commands as somebody at a terminal meets them, while others work."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from engine.models import InstanceRow
from kernel.clock import MovedClock
from ledger.finance.models import JournalEntry
from tests.stories.company import Case, found_company
from tests.webapp.backup.site import Site, moved_to
from webapp.backup import restore, take_backup
from webapp.cli.main import main


def keyturn(site: Site, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program with words of this file
        [sys.executable, "-m", "webapp.cli", *words],
        env=site.environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_one_command_takes_a_backup_and_one_brings_it_back(site: Site, elsewhere: Site, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    said = keyturn(site, "backup", "--to", str(safe))
    (file,) = safe.iterdir()
    assert str(file) in said
    assert re.search(r"\d+\.\d MiB, everything up to 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", said)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(safe.stat().st_mode) == 0o700
    told = keyturn(elsewhere, "restore", str(file))
    assert re.match(r"Restored to 20.* UTC \(0 instances, 0 sales, 0 papers\)", told)
    assert stat.S_IMODE(elsewhere.settings.secret_file.stat().st_mode) == 0o600
    chinese = {**elsewhere.environment, "LANG": "zh_CN.UTF-8"}
    again = CliRunner().invoke(main, ["restore", str(file)], env=chinese)
    assert again.exit_code == 1
    assert "数据库不为空" in again.output


def test_keeping_two_removes_the_oldest(site: Site, clock: MovedClock, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    (tmp_path / "safe").mkdir()
    (safe / "notes.tar").write_text("not ours")
    for _ in range(3):
        taken = take_backup(site.settings, safe, keep=2, clock=clock)
        clock.advance(timedelta(hours=1))
    assert [file.name for file in taken.removed] == ["keyturn-backup-20260302T010000Z.tar"]
    assert sorted(file.name for file in safe.iterdir()) == [
        "keyturn-backup-20260302T020000Z.tar",
        "keyturn-backup-20260302T030000Z.tar",
        "notes.tar",
    ]


def test_a_folder_that_cannot_be_written_is_a_sentence(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["backup", "--to", str(tmp_path / "file" / "below")], env=site.environment)
    assert result.exit_code == 1
    assert "Nothing was left half done" in result.output


def test_a_backup_under_way_holds_nobody_up_and_sees_one_instant(
    site: Site, elsewhere: Site, clock: MovedClock, tmp_path: Path
) -> None:
    """Sales are begun before, while and after the tables are copied; those until the instant are there, and whole."""
    with site.database(clock) as database:
        company = found_company(database, clock)
        before = [company.start(unit_id=home, entry="walk_in") for home in company.units[:2]]
        meanwhile: list[Case] = []

        def go_on(_done: int, _total: int) -> None:
            if not meanwhile:
                meanwhile.append(company.start(unit_id=company.units[2], entry="walk_in"))

        waits = {case.id: case.waits() for case in before}
        file = take_backup(site.settings, tmp_path / "safe", clock=clock, progress=go_on).file
        company.start(unit_id=company.units[3], entry="walk_in")
    assert meanwhile
    restore(elsewhere.settings, file)
    with elsewhere.database(clock) as database:
        there = moved_to(company, database)
        assert set(there.read(lambda s: s.scalars(select(InstanceRow.id)).all())) == set(waits)
        assert {case.id: Case(there, case.id).waits() for case in before} == waits
        entries = there.read(lambda s: s.scalar(select(func.sum(JournalEntry.amount_fen))))
        assert not entries

"""What a restore or a backup refuses, with nothing touched."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from kernel.clock import MovedClock
from kernel.vault import new_vault
from tests.machine import POSTGRES
from tests.webapp.backup.site import Site
from webapp.backup import BackupRefused, restore, take_backup
from webapp.language import read_catalogue
from webapp.wording import texts

Edit = Callable[[dict[str, object]], object]


@pytest.fixture
def safe(site: Site, clock: MovedClock, tmp_path: Path) -> Path:
    """A backup of an installation with nothing but its schema."""
    return take_backup(site.settings, tmp_path / "safe", clock=clock).file


def refused(site: Site, file: Path) -> str:
    """Why a restore is refused; nothing may be there afterwards."""
    before = everything(site)
    with pytest.raises(BackupRefused) as refusal:
        restore(site.settings, file)
    assert everything(site) == before
    return refusal.value.code


def everything(site: Site) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in site.folder.rglob("*") if file.is_file()}


def rewritten(file: Path, edit: Edit) -> Path:
    """The backup with another manifest that is whole in itself."""
    target = file.with_name("rewritten.tar")
    with tarfile.open(file) as old, tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as new:
        members = {member.name: old.extractfile(member).read() for member in old}  # type: ignore[union-attr]
        manifest = json.loads(members["manifest.json"])
        edit(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()
        members["manifest.sha256"] = sha256(members["manifest.json"]).hexdigest().encode()
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    return target


def test_a_database_that_is_not_empty_is_left_alone(site: Site, safe: Path) -> None:
    before = site.rows()
    assert refused(site, safe) == "restore_database_not_empty"
    assert site.rows() == before


def test_other_keys_are_never_overwritten(elsewhere: Site, safe: Path) -> None:
    new_vault().save(elsewhere.settings.secret_file)
    assert refused(elsewhere, safe) == "restore_other_keys"


def test_the_same_keys_may_lie_there_already(site: Site, elsewhere: Site, safe: Path) -> None:
    elsewhere.settings.secret_file.parent.mkdir()
    shutil.copy(site.settings.secret_file, elsewhere.settings.secret_file)
    assert not restore(elsewhere.settings, safe).keys_laid


def test_a_backup_without_keys_waits_for_the_key_file(
    site: Site, elsewhere: Site, clock: MovedClock, tmp_path: Path
) -> None:
    keyless = take_backup(site.settings, tmp_path / "keyless.tar", with_keys=False, clock=clock).file
    with tarfile.open(keyless) as tar:
        assert not any("keys" in name for name in tar.getnames())
    assert refused(elsewhere, keyless) == "restore_keys_missing"
    elsewhere.settings.secret_file.parent.mkdir()
    shutil.copy(site.settings.secret_file, elsewhere.settings.secret_file)
    assert restore(elsewhere.settings, keyless).taken_at == clock.now()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda m: m.update(format=2), "backup_format_unknown"),
        (lambda m: m.update(schema="9999_later"), "restore_schema_newer"),
        (lambda m: m.update(database="sqlite" if POSTGRES else "postgresql"), "restore_other_database"),
        (lambda m: m["tables"][0].update(rows=7), "backup_damaged"),
        (lambda m: m.pop("tables"), "backup_damaged"),
    ],
    ids=["format", "schema", "kind", "rows", "no tables"],
)
def test_what_does_not_fit_is_refused(elsewhere: Site, safe: Path, edit: Edit, code: str) -> None:
    assert refused(elsewhere, rewritten(safe, edit)) == code


def test_a_flipped_bit_anywhere_in_a_part_is_found(elsewhere: Site, safe: Path) -> None:
    whole = safe.read_bytes()
    with tarfile.open(safe) as tar:
        members = [member for member in tar if member.size]
    for member in members[:2] + members[-4:]:
        at = member.offset_data + member.size // 2
        safe.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert refused(elsewhere, safe) == "backup_damaged"


def test_a_file_that_is_cut_off_or_no_backup_is_refused(elsewhere: Site, safe: Path) -> None:
    whole = safe.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 4096):
        safe.write_bytes(whole[:length])
        assert refused(elsewhere, safe) == "backup_damaged"
    assert refused(elsewhere, safe.with_name("nowhere.tar")) == "backup_missing"


@pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone keeps files beside its database")
def test_what_is_left_of_a_lost_database_is_not_mixed_with_the_new_one(elsewhere: Site, safe: Path) -> None:
    left = elsewhere.folder / "data" / "keyturn.db-wal"
    left.parent.mkdir()
    left.write_bytes(b"changes of a database that is gone")
    assert refused(elsewhere, safe) == "restore_left_over"


def test_a_backup_takes_the_place_of_no_file(site: Site, safe: Path, clock: MovedClock) -> None:
    before = safe.read_bytes()
    with pytest.raises(BackupRefused, match="backup_file_exists"):
        take_backup(site.settings, safe.parent, clock=clock)
    assert safe.read_bytes() == before
    assert [file.name for file in safe.parent.iterdir()] == [safe.name]


def test_nothing_is_backed_up_without_a_company_or_without_keys(
    site: Site, elsewhere: Site, clock: MovedClock, tmp_path: Path
) -> None:
    with pytest.raises(BackupRefused, match="backup_keys_missing"):
        take_backup(elsewhere.settings, tmp_path / "none", clock=clock)
    keys = dataclasses.replace(elsewhere.settings, secret_file=site.settings.secret_file)
    with pytest.raises(BackupRefused, match="backup_nothing_there"):
        take_backup(keys, tmp_path / "none", clock=clock)
    assert not list((tmp_path / "none").glob("*"))


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    folder = Path(__file__).parents[3] / "webapp"
    sources = [*(folder / "backup").glob("*.py"), folder / "cli" / "backups.py"]
    codes = {code for file in sources for code in re.findall(r'"((?:backup|restore)_[a-z_]+)"', file.read_text())}
    assert len(codes) > 15
    chinese = read_catalogue("zh")
    assert {
        code for code in codes if code not in texts() or chinese.gettext(texts()[code]) == texts()[code]
    } == set()

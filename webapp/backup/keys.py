"""The master keys in a backup: whether they fit, and laying them where an installation looks for them."""

from __future__ import annotations

from pathlib import Path

from kernel.vault import Vault, VaultError, load_vault
from webapp.backup.archive import ArchiveReader
from webapp.backup.errors import BackupRefused
from webapp.backup.files import PART, appearing

KEYS = "keys.json.gz"


def fingerprint(vault: Vault) -> str:
    """Tells whether two installations have the same keys, without telling anything about them."""
    return vault.index("backup", "keys")


def require_fitting(path: Path, archive: ArchiveReader) -> bool:
    """Whether keys are to be laid; raises `BackupRefused` when others lie there, or none are to be had."""
    if path.exists():
        if _fingerprint_of(path) != archive.manifest.fingerprint:
            raise BackupRefused("restore_other_keys", file=str(path))
        return False
    if archive.manifest.part(KEYS) is None:
        raise BackupRefused("restore_keys_missing", file=str(path))
    return True


def lay(path: Path, archive: ArchiveReader) -> None:
    """Write the key file for its owner alone; raises `BackupRefused` when it is not what was backed up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as file:
        archive.copy(KEYS, file)
        file.flush()
        if _fingerprint_of(path.with_name(path.name + PART)) != archive.manifest.fingerprint:
            raise BackupRefused("backup_damaged", part=KEYS)


def _fingerprint_of(path: Path) -> str:
    try:
        return fingerprint(load_vault(path))
    except VaultError:
        return ""

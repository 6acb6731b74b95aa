"""Why a backup is not taken or not brought back."""

from __future__ import annotations

from kernel.errors import KeyturnError


class BackupRefused(KeyturnError):
    """Nothing was changed; the code says what stands in the way and its sentence what to do."""

    code = "backup_refused"

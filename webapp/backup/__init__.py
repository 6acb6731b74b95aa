"""Backups of a whole installation in one file, taken while it works, and bringing one back on an empty machine.

A backup holds one consistent snapshot of the database (papers are in it), the key file and the outbox folder.
"""

from webapp.backup.errors import BackupRefused
from webapp.backup.restoring import Restored, restore
from webapp.backup.taking import Taken, take_backup

__all__ = ["BackupRefused", "Restored", "Taken", "restore", "take_backup"]

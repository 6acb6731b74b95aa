"""Refusals of backup and restore, and what they report."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "backup_taken": N_("%(file)s: %(size)s, everything up to %(instant)s"),
    "backup_removed": N_("Removed %(file)s"),
    "backup_holds_keys": N_("It holds the master keys: whoever has it can read everything."),
    "backup_lacks_keys": N_("It does not hold the master keys: keep %(file)s elsewhere, or it cannot be read."),
    "backup_progress": N_("%(done)s of %(total)s"),
    "restored_to": N_("Restored to %(instant)s (%(instances)s instances, %(sales)s sales, %(papers)s papers)"),
    "restored_next": N_(
        "What came after that is lost. Start Keyturn: timers that fell due meanwhile fire, and messages may go out again "
        "under the same keys."
    ),
    "backup_refused": N_("The backup was not taken or not brought back. Nothing was changed."),
    "backup_nothing_there": N_("There is no company in this database, so there is nothing to back up."),
    "backup_keys_missing": N_(
        "The key file %(file)s is missing or damaged. A backup without its keys could never be read; put the key file "
        "back first (KEYTURN_SECRET_FILE)."
    ),
    "backup_needs_file": N_("A database in memory can be neither backed up nor restored. Name a file."),
    "backup_source_damaged": N_(
        "The database is damaged: SQLite's integrity check fails. No backup was written; keep the older ones."
    ),
    "backup_file_exists": N_("There is a file %(file)s already. It was left as it is; choose another name."),
    "backup_under_way": N_("Another backup or restore is writing %(file)s. Wait until it has ended."),
    "backup_keep_needs_folder": N_("Old backups can be removed in a folder only. Give a folder with --to."),
    "backup_not_written": N_("%(file)s: %(reason)s. Nothing was left half done."),
    "backup_database_failed": N_(
        "The database does not answer or refuses: %(reason)s. Nothing was left half done."
    ),
    "backup_missing": N_("There is no file %(file)s."),
    "backup_format_unknown": N_(
        "The backup has format %(format)s, which this version does not read. Restore it with Keyturn %(product)s or later."
    ),
    "backup_damaged": N_(
        "The backup is damaged: %(part)s is not as it was written. Nothing was restored; use another backup."
    ),
    "backup_layout_unknown": N_(
        "The tables of the backup are not those of schema %(schema)s. Somebody changed the database by hand; restore "
        "with PostgreSQL's own tools."
    ),
    "restore_database_not_empty": N_(
        "The database is not empty, and nothing is ever overwritten. Restore into a new one: name it in "
        "KEYTURN_DATABASE_URL, or move the old one away."
    ),
    "restore_left_over": N_(
        "%(file)s belongs to a database that is gone, or is open in another program. Stop that program, or move the "
        "file away."
    ),
    "restore_other_database": N_(
        "This is a backup of %(taken_of)s, and KEYTURN_DATABASE_URL names %(here)s. Restore into a database of the kind "
        "it was taken of."
    ),
    "restore_schema_newer": N_(
        "The backup was taken by Keyturn %(product)s with schema %(schema)s, which this version does not know. Install "
        "that version or a later one first."
    ),
    "restore_other_keys": N_(
        "%(file)s holds other keys than the backup, and nothing is ever overwritten. Move it away, or name another file "
        "in KEYTURN_SECRET_FILE."
    ),
    "restore_keys_missing": N_(
        "The backup was taken without keys, and there is no key file %(file)s. Put the key file of that installation "
        "there first."
    ),
}

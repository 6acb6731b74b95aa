"""The engine's writes, one command per file: check permission, lock, act, note, save. The caller commits."""

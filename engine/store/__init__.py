"""How rows are read, locked and written: SQLAlchemy Core, because every step passes here."""

"""What engine and ledger both need: actor, clock, ids, calendar, columns, audit, database."""

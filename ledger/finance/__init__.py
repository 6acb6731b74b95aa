"""Plans, receivables, receipts and the journal: what is owed, what was paid, what it means (财务)."""

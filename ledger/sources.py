"""Whoever shows a customer's timeline imports this module: it imports every noun that adds events to it."""

import ledger.documents.queries
import ledger.finance.timeline
import ledger.messages.queries

__all__ = ["ledger"]

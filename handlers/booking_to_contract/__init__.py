"""The verbs of booking to contract (认购到签约): one module per part of the diagram."""

from handlers.booking_to_contract import closing, contract, deposit, entries, filing, queue, start, terms

__all__ = ["closing", "contract", "deposit", "entries", "filing", "queue", "start", "terms"]

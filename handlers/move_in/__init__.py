"""The verbs of moving in (入伙): one module per part of the diagram, and which facts move a case."""

from handlers.move_in import appointing, facts, keys, money, repairs, start

__all__ = ["appointing", "facts", "keys", "money", "repairs", "start"]

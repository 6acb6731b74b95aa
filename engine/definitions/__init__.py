"""Process definitions: read from BPMN XML, checked before they are deployed."""

from engine.definitions.reader import read, read_all

__all__ = ["read", "read_all"]

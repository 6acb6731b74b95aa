"""Process data in scopes: one for the process, one for each called process, one for each loop instance.

A name is read from the innermost scope that has it and written there; a new name goes to the outermost scope of
the called process. Nested values are never changed in place, so nobody sees another's half-made change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Scope:
    """Values by name, looked up outwards."""

    __slots__ = ("outer", "values")

    def __init__(self, values: dict[str, Any], outer: Scope | None = None) -> None:
        self.values = values
        self.outer = outer

    def read(self) -> dict[str, Any]:
        """Everything that is visible here; a copy of its own at the top level."""
        return dict(self.values) if self.outer is None else {**self.outer.read(), **self.values}

    def write(self, values: Mapping[str, Any]) -> None:
        """Set names, each where it is already known, else in the outermost scope."""
        if self.outer is None:
            self.values.update(values)
            return
        for name, value in values.items():
            self._home_of(name).values[name] = value

    def _home_of(self, name: str) -> Scope:
        scope = self
        while scope.outer is not None and name not in scope.values:
            scope = scope.outer
        return scope

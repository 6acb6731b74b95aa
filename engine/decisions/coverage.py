"""Finds, exactly, what the rules of a table leave uncovered, where two meet, and which can never fire.

A rule is a box: one set of elementary parts for each column. What a group of rules leaves uncovered is
found column by column: parts that the same rules take are looked at together, and each such group once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.decisions.columns import Column

MAX_STEPS = 400_000
MAX_BOXES = 10
MAX_PAIRS = 500_000

Box = tuple[int, ...]


class TooComplexError(Exception):
    """The table has too many combinations to be looked through."""


class Coverage:
    """The boxes of a table's rules; cells that cannot be read off may take anything or nothing."""

    def __init__(self, columns: Sequence[Column], rules: int) -> None:
        self.columns = columns
        self.rules = rules
        self.domain: Box = tuple(column.domain for column in columns)
        self.widest = [tuple(column.masks[rule] for column in columns) for rule in range(rules)]
        self.certain = [not any(column.unknown[rule] for column in columns) for rule in range(rules)]
        self.steps = 0

    def impossible(self) -> Iterator[tuple[int, int]]:
        """Rules with a column that takes no allowed value."""
        for rule, box in enumerate(self.widest):
            for index, (mask, domain) in enumerate(zip(box, self.domain, strict=True)):
                if not mask & domain:
                    yield rule, index
                    break

    def gaps(self) -> list[Box]:
        """Boxes of allowed values that no rule takes, at most ten."""
        return self._uncovered(self.domain, self.widest)

    def overlaps(self) -> Iterator[tuple[int, int, Box]]:
        """Pairs of rules that certainly meet, with the box they share."""
        pairs = 0
        for second in range(self.rules):
            for first in range(second if self.certain[second] else 0):
                pairs += 1
                if pairs > MAX_PAIRS:
                    raise TooComplexError
                shared = self._shared(first, second)
                if shared is not None and self.certain[first]:
                    yield first, second, shared

    def _shared(self, first: int, second: int) -> Box | None:
        shared = []
        for one, other, domain in zip(self.widest[first], self.widest[second], self.domain, strict=True):
            common = one & other & domain
            if not common:
                return None
            shared.append(common)
        return tuple(shared)

    def hidden(self) -> Iterator[int]:
        """Rules of which every case is taken by rules before them."""
        earlier: list[Box] = []
        for rule, box in enumerate(self.widest):
            room = tuple(mask & domain for mask, domain in zip(box, self.domain, strict=True))
            if all(room) and earlier and not self._uncovered(room, earlier):
                yield rule
            if self.certain[rule]:
                earlier.append(box)

    def _uncovered(self, room: Box, boxes: Sequence[Box]) -> list[Box]:
        takers = [self._takers(index, room[index], boxes) for index in range(len(room))]
        rest_full = [0] * (len(room) + 1)
        rest_full[len(room)] = (1 << len(boxes)) - 1
        for index in range(len(room) - 1, -1, -1):
            whole = sum(1 << number for number, box in enumerate(boxes) if box[index] & room[index] == room[index])
            rest_full[index] = rest_full[index + 1] & whole
        return _Search(room, takers, rest_full, self).boxes(0, (1 << len(boxes)) - 1)

    def _takers(self, index: int, room: int, boxes: Sequence[Box]) -> list[tuple[int, int]]:
        """For each part in the room its bit and the rules (as bits) that take it."""
        found = []
        part = 1
        while part <= room:
            if room & part:
                rules = sum(1 << number for number, box in enumerate(boxes) if box[index] & part)
                found.append((part, rules))
                self.spend(1 + len(boxes) // 16)
            part <<= 1
        return found

    def spend(self, steps: int) -> None:
        """Pay for work; raises TooComplexError when a table costs too much."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise TooComplexError


class _Search:
    """The recursion over columns, remembering what it has found for a group of rules."""

    def __init__(
        self, room: Box, takers: list[list[tuple[int, int]]], rest_full: list[int], coverage: Coverage
    ) -> None:
        self.room = room
        self.takers = takers
        self.rest_full = rest_full
        self.coverage = coverage
        self.known: dict[tuple[int, int], list[Box]] = {}

    def boxes(self, index: int, active: int) -> list[Box]:
        """What the active rules leave uncovered in the columns from ``index`` on."""
        if not active:
            return [self.room[index:]]
        if active & self.rest_full[index]:
            return []
        key = (index, active)
        if key not in self.known:
            self.known[key] = self._split(index, active)
        return self.known[key]

    def _split(self, index: int, active: int) -> list[Box]:
        groups: dict[int, int] = {}
        for part, rules in self.takers[index]:
            self.coverage.spend(1)
            groups[rules & active] = groups.get(rules & active, 0) | part
        found: list[Box] = []
        for rules, mask in groups.items():
            found.extend((mask, *rest) for rest in self.boxes(index + 1, rules))
            if len(found) >= MAX_BOXES:
                return found[:MAX_BOXES]
        return found

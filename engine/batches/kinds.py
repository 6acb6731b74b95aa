"""What a kind of batch is: how one of its items is done, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.host import Host

Params = Mapping[str, Any]
Order = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Subject:
    """What an item is about, as far as a kind may look before the batch begins."""

    id: str
    path: str
    definition_key: str


def _accept(_params: Params, _subjects: list[Subject]) -> None:
    """Nothing to check."""


@dataclass(frozen=True)
class BatchKind:
    """``subject`` is instance or incident. ``act`` does one and returns what the result list shall keep.

    ``check`` refuses parameters before anything begins; ``back`` gives kind and parameters that undo one item by
    its parameters and result.
    """

    name: str
    subject: str
    act: Callable[[Host, str, Params, str], dict[str, Any]]
    check: Callable[[Params, list[Subject]], None] = _accept
    back: Callable[[Params, Params], Order] | None = None

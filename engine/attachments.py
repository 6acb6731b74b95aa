"""The kinds of files (附件类型) that tasks and cases take, and what is told when contents are no longer wanted."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact

KINDS = ("contract_scan", "id_copy", "price_evidence", "photo", "other")


@dataclass(frozen=True)
class ContentsUnwanted(Fact):
    """Files were taken away, or their case was erased: nothing refers to these contents any more."""

    content_ids: tuple[str, ...]

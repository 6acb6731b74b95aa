"""Parts of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

MOST = 200


class PageQuery(Schema):
    """Which part of a list is asked for."""

    class Meta:
        """Names that mean nothing here are refused by the endpoints that extend this."""

        unknown = EXCLUDE

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    size = fields.Integer(load_default=50, validate=validate.Range(1, MOST))


@dataclass(frozen=True)
class Part:
    """A part of a list."""

    rows: Sequence[Any]
    count: int
    capped: bool

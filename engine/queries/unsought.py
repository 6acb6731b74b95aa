"""A hint for SQLite, which keeps no statistics of how values are spread."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Unsought(FunctionElement[str]):
    """A column by which SQLite must not choose its index; PostgreSQL knows better from its statistics."""

    inherit_cache = True
    type = String()


@compiles(Unsought)
def _plain(element: Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(Unsought, "sqlite")
def _behind_a_sign(element: Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"

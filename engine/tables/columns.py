"""Column types of the engine's tables."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import String
from sqlalchemy.orm import mapped_column

# Scope paths are compared by range (see `within`), so their order must be that of the bytes on both databases.
PathText = String(250).with_variant(String(250, collation="C"), "postgresql")
ScopePath = Annotated[str, mapped_column(PathText)]
Name = Annotated[str, mapped_column(String(255))]

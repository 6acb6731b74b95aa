"""Words about going back that other pages say too."""

from __future__ import annotations

from flask_babel import gettext as _


def still_stands() -> str:
    """What stands beside an opinion that nobody was asked for again."""
    return str(_("Passed automatically; the earlier decision stands."))

"""What can be wrong with somebody's choices about notices."""

from __future__ import annotations

from kernel.errors import Invalid


class NoticeInvalid(Invalid):
    """A choice makes no sense; ``field`` names it."""

    code = "notice_choice_invalid"

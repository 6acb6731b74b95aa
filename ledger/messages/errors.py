"""What can be wrong with a message or a template."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class TemplateMissing(Missing):
    """There is no such template for the channel."""

    code = "message_template_missing"


class TemplateInvalid(Invalid):
    """A template has a mark that nothing fills, or no text; ``params.marks`` lists those that may stand in it."""

    code = "message_template_invalid"


class TemplateChanged(Stale):
    """Somebody made another version of the text meanwhile; ``version`` and ``at`` say which and when."""

    code = "message_template_changed"


class MessageInvalid(Invalid):
    """A message lacks a value for a mark, or its recipient does not exist."""

    code = "message_invalid"


class MessageMissing(Missing):
    """No such message, or outside the scope."""

    code = "message_not_found"

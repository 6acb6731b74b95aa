"""What a link was used for, in words: the choice that its form calls by a name, an answer, a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.api import Task
from forms.model import text_in
from webapp.language import current_language
from webapp.links.models import TaskLink
from webapp.links.offers import ANSWER, READ, choice_of


def named(link: TaskLink, task: Task | None, answers: Mapping[str, Any] | None = None) -> str:
    """What was decided by the link, or by the ``answers`` of whoever closed its task."""
    if link.purpose == READ:
        return str(_("read"))
    if link.purpose == ANSWER:
        return str(_("let it go back") if link.decision == "granted" else _("refused"))
    choice = choice_of(task.form_key) if task is not None else None
    if choice is None:
        return str(_("done"))
    value = (answers or {}).get(choice.key) if answers is not None else link.decision
    return next((text_in(o.label, current_language()) for o in choice.options if o.value == value), str(_("done")))

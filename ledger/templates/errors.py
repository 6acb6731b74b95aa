"""What can be wrong with a template's text, its release, or the paper that shall be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import Invalid, Missing, Stale


@dataclass(frozen=True)
class LineError:
    """What is wrong in one line of a text, counted from 1; ``what`` is the piece of text it is about."""

    line: int
    code: str
    what: str = ""


class TextRefused(Invalid):
    """A text cannot be kept, or a paper cannot be made of it; ``lines`` names every wrong line."""

    code = "template_text_refused"

    def __init__(self, lines: Sequence[LineError], *, code: str | None = None) -> None:
        self.lines = tuple(lines)
        first = self.lines[0]
        super().__init__(
            code,
            field="text",
            line=first.line,
            problem=first.code,
            problem_params={"what": first.what},
            what=first.what,
            count=len(self.lines),
        )


class TemplateMissing(Missing):
    """No such template, or outside the scope."""

    code = "paper_template_missing"


class TemplateState(Invalid):
    """The act does not fit the state that the version is in."""

    code = "paper_template_state"


class TemplateStale(Stale):
    """Somebody else changed the draft meanwhile."""

    code = "paper_template_stale"


class KindUnknown(Invalid):
    """There is no paper of this kind."""

    code = "paper_kind_not_known"


class ExtraUnknown(Invalid):
    """A paper's maker gives a value that no template of the kind knows, or one of the wrong type."""

    code = "paper_extra_unknown"

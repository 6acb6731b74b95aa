"""What an approval sheet (审批单) says, in the language of its reader, and the same as values of its template."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line that approvers look at; ``strong`` prints it bold."""

    name: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStep:
    """One approver's step: role and name, for whom he stood in, decision in words, his comment, when."""

    role: str
    name: str
    decision: str
    at: str = ""
    comment: str = ""
    step: str = ""
    substitute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What moved the case between people beside decisions: handed over, added, withdrawn."""

    at: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSheetData:
    """审批单: what was asked, by whom and why, and what each approver decided."""

    number: str
    issued_on: str
    company: str
    project: str
    project_address: str = ""
    kind: str
    applicant: str
    applied_at: str
    subject: str
    reason: str
    facts: tuple[Fact, ...]
    steps: tuple[ApprovalStep, ...] = ()
    moves: tuple[Move, ...] = ()
    outcome: str
    content_hash: str = ""
    printed: str = ""

    def values(self) -> dict[str, Any]:
        """The values of the kind ``approval_sheet``."""
        told = asdict(self)
        told["matter"] = told.pop("kind")
        told["author"] = self.applicant
        told["fact"] = [{"name": one.name, "value": one.value} for one in self.facts]
        told["step"] = [_step(number, one) for number, one in enumerate(self.steps, start=1)]
        told["move"] = [{"at": one.at, "text": one.text, "note": one.note} for one in self.moves]
        for name in ("facts", "steps", "moves"):
            del told[name]
        return told


def _step(number: int, step: ApprovalStep) -> dict[str, Any]:
    role = "" if step.step and step.role == "—" else step.role
    return {
        "no": number,
        "step": "\n".join(part for part in (step.step, role) if part),
        "name": "\n".join(part for part in (step.name, step.substitute) if part),
        "decision": step.decision,
        "comment": step.comment,
        "at": step.at,
    }

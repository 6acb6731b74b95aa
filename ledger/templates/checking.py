"""Whether a text can be a template of a kind: its lines, its variables, its layouts."""

from __future__ import annotations

from ledger.templates.catalogue import PaperKind
from ledger.templates.errors import LineError, TextRefused
from ledger.templates.markup import Block, Kind, Parsed, Row, parse

IN_COPIES = ("receipt", "invoice")
_REPEATED = {Kind.TABLE, Kind.FACTS, Kind.CLAUSES, Kind.POINTS}


def check_text(text: str, kind: PaperKind) -> list[LineError]:
    """Everything that is wrong in a text, by line; empty when it can be kept."""
    return list(_checked(text, kind)[1])


def parsed_text(text: str, kind: PaperKind) -> Parsed:
    """A text as blocks. Raises `TextRefused` naming every wrong line."""
    parsed, errors = _checked(text, kind)
    if errors:
        raise TextRefused(errors)
    return parsed


def _checked(text: str, kind: PaperKind) -> tuple[Parsed, tuple[LineError, ...]]:
    parsed = parse(text)
    errors = [*parsed.errors]
    for block in parsed.blocks:
        errors += _layout_errors(block, kind)
        for position, row in enumerate(block.rows):
            errors += _row_errors(block.kind, position, row, kind)
    return parsed, tuple(sorted(errors, key=lambda error: error.line))


def _layout_errors(block: Block, kind: PaperKind) -> list[LineError]:
    line = block.rows[0].line
    if block.kind is Kind.PLANS and kind.variable("plans") is None:
        return [LineError(line, "template_layout_elsewhere", "@plans")]
    if block.kind is Kind.COPIES and kind.code not in IN_COPIES:
        return [LineError(line, "template_layout_elsewhere", "@copies")]
    if block.kind is Kind.TABLE and len(block.rows) < 2:
        return [LineError(line, "template_table_without_rows")]
    return []


def _row_errors(block: Kind, position: int, row: Row, kind: PaperKind) -> list[LineError]:
    errors, lists = [], set()
    for name in row.marks():
        found = kind.variable(name)
        if found is None or (found.type in ("lines", "plans") and "." not in name):
            errors.append(LineError(row.line, "template_variable_unknown", f"{{{{{name}}}}}"))
        elif "." in name:
            lists.add(name.partition(".")[0])
            if block not in _REPEATED or (block is Kind.TABLE and position == 0):
                errors.append(LineError(row.line, "template_list_misplaced", f"{{{{{name}}}}}"))
    if len(lists) > 1:
        errors.append(LineError(row.line, "template_lists_mixed", ", ".join(sorted(lists))))
    return errors

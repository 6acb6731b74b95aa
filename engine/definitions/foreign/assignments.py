"""Script tasks: a row of plain assignments, or one expression with the variable that takes it."""

from __future__ import annotations

import ast
import re

from lxml import etree

from engine.definitions.foreign import feel_text as feel
from engine.definitions.foreign import juel, python, settings
from engine.definitions.foreign.feel_text import NotCertain, Part, proved
from engine.definitions.foreign.namespaces import add, camunda, own, zeebe, zeebe_attribute
from engine.definitions.foreign.report import Report
from engine.definitions.names import q

_SET = re.compile(r"""execution\.setVariable\(\s*(["'])(\w+)\1\s*,\s*(.+)\)""", re.DOTALL)
_ASSIGN = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*(.+)", re.DOTALL)
_STATEMENT = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;\n"'])+""")
_MOST = 50
_LONGEST = 10_000


def adapt(task: etree._Element, report: Report) -> None:
    """Put the script of another tool into ``keyturn:assign``."""
    if own(task, "assign") is not None:
        return
    if zeebe(task, "taskDefinition") is not None and zeebe(task, "script") is None:
        report.refused("foreign_script_worker", task, type=zeebe_attribute(task, "taskDefinition", "type") or "")
        return
    script = task.find(q("script"))
    text, language = _script(task, script)
    if camunda(task, "resource"):
        report.refused("foreign_script_file", task, file=camunda(task, "resource") or "")
    if not text:
        return
    result = camunda(task, "resultVariable") or zeebe_attribute(task, "script", "resultVariable")
    try:
        assigns = assignments(text, language, result)
    except NotCertain as why:
        params = {"text": text, "language": language or "?"}
        report.refused("foreign_script", task, detail=why.code, detail_params=why.params, **params)
        assigns = []
    for name, value in assigns:
        report.rewritten("rewritten_setting", task, what=f"assign {name}", value=f"= {value}")
        add(task, "assign", name=name, value=f"= {value}")
    if script is not None:
        task.remove(script)


def _script(task: etree._Element, script: etree._Element | None) -> tuple[str, str]:
    expression = zeebe_attribute(task, "script", "expression")
    if expression is not None:
        return expression.removeprefix("=").strip(), "feel"
    text = "".join(script.itertext()).strip() if script is not None else ""
    return text, (task.get("scriptFormat") or "").lower()


def assignments(text: str, language: str, result: str | None) -> list[tuple[str, str]]:
    """Names and FEEL, in order; raises `NotCertain` for anything that is more than assigning."""
    if len(text) > _LONGEST:
        raise NotCertain("uncertain_too_long", length=len(text), most=_LONGEST)
    if "feel" in language:
        if not settings.is_name(result):
            raise NotCertain("uncertain_result")
        return [(str(result), text.removeprefix("=").strip())]
    if "python" in language or not language:
        found = _of_python(text, result)
    elif any(name in language for name in ("javascript", "ecmascript", "groovy", "juel", "java", "mvel")):
        found = _like_c(text, result)
    else:
        raise NotCertain("uncertain_language", language=language)
    return [(feel.name(name).text, proved(part)) for name, part in found]


def _of_python(text: str, result: str | None) -> list[tuple[str, Part]]:
    body = python.parsed(text, "exec").body  # type: ignore[attr-defined]
    if result and len(body) == 1 and isinstance(body[0], ast.Expr):
        return [(result, python.of_node(body[0].value))]
    if len(body) > _MOST:
        raise NotCertain("uncertain_too_long", length=len(body), most=_MOST)
    return [_python_statement(statement) for statement in body if not isinstance(statement, ast.Pass)]


def _python_statement(statement: ast.stmt) -> tuple[str, Part]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, python.of_node(statement.value)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        whole = ast.BinOp(ast.Name(statement.target.id), statement.op, statement.value)
        return statement.target.id, python.of_node(whole)
    raise NotCertain("uncertain_statement", text=ast.unparse(statement)[:60])


def _like_c(text: str, result: str | None) -> list[tuple[str, Part]]:
    lines = [line for line in text.splitlines() if not line.strip().startswith("//")]
    statements = [part.strip() for part in _STATEMENT.findall("\n".join(lines)) if part.strip()]
    if len(statements) > _MOST:
        raise NotCertain("uncertain_too_long", length=len(statements), most=_MOST)
    if result and len(statements) == 1 and not _ASSIGN.fullmatch(statements[0]):
        return [(result, juel.translate(statements[0].removeprefix("return ")))]
    return [_c_statement(statement) for statement in statements]


def _c_statement(statement: str) -> tuple[str, Part]:
    stored = _SET.fullmatch(statement)
    if stored:
        return stored[2], juel.translate(stored[3])
    assigned = _ASSIGN.fullmatch(statement)
    if assigned:
        return assigned[1], juel.translate(assigned[2])
    raise NotCertain("uncertain_statement", text=statement[:60])

"""What the steps of lists are called; definitions are kept parsed, so a longer list asks no more questions."""

from __future__ import annotations

from engine.api import Engine, Job
from kernel.errors import Missing
from webapp.inbox.happenings import element_name


def element_label(engine: Engine, key: str | None, element_id: str | None, name: str) -> str:
    """What a step is called in the reader's language."""
    if not key or not element_id:
        return name
    return element_name(_labels_of(engine, key), element_id, name or None)


def job_label(engine: Engine, job: Job) -> str:
    """The step that a job belongs to, else what is done."""
    of_step = job.definition_key and job.element_id
    return element_label(engine, job.definition_key, job.element_id, "" if of_step else job.name)


def _labels_of(engine: Engine, key: str) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, dict[str, str]]] = engine.host.session.info.setdefault("element_labels", {})
    if key not in kept:
        try:
            kept[key] = engine.element_labels(key)
        except Missing:
            kept[key] = {}
    return kept[key]

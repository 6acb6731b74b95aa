"""What somebody entered, as the history tells it: the labels of the fields in the reader's language, no values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from flask_babel import gettext as _

from engine.api import HistoryEvent
from forms.compile import exists, load, shipped
from forms.model import Texts, text_in
from webapp.language import current_language


def entered(event: HistoryEvent) -> str:
    """What an event says about fields: those that were blank before, then those that held something else."""
    form = event.params.get("form")
    if not isinstance(form, str):
        return ""
    known = _labels_of((form,)) if exists(form) else {}
    filled, changed = (_listed(event.params.get(how) or (), known) for how in ("filled", "changed"))
    if filled and changed:
        return _("Filled in: %(filled)s. Changed: %(changed)s.", filled=filled, changed=changed)
    if changed:
        return _("Changed: %(fields)s.", fields=changed)
    return _("Filled in: %(fields)s.", fields=filled) if filled else ""


def variables_named(names: Iterable[str], process: str) -> str:
    """Process data by the labels that the forms of its process give them; what no form shows keeps its name."""
    return _listed(names, _labels_of(_forms_of(process)))


def _listed(names: Iterable[str], known: Mapping[str, Texts]) -> str:
    language = current_language()
    return _(", ").join(text_in(known.get(name, {}), language) or name for name in names)


@cache
def _forms_of(process: str) -> tuple[str, ...]:
    return tuple(key for key in shipped() if key.startswith(f"{process}/"))


def _labels_of(forms: Iterable[str]) -> dict[str, Texts]:
    components = [c for key in forms for c in load(key).model.components if c.kind not in ("info", "section")]
    return {component.key: component.label for component in components[::-1]}

"""A form file that cannot be used, with the component it concerns and what is wrong with it."""

from __future__ import annotations

from kernel.errors import KeyturnError


class FormError(KeyturnError):
    """A form file is refused; ``component`` names the component by key or id, or is None for the whole file.

    ``line`` counts from 1; it is found by `forms.checks`, which has the file at hand.
    """

    code = "form_invalid"

    def __init__(self, code: str, *, form: str, component: str | None = None, **params: object) -> None:
        self.form = form
        self.component = component
        self.line: int | None = params["line"] if isinstance(params.get("line"), int) else None  # type: ignore[assignment]
        super().__init__(code, form=form, component=component, **params)

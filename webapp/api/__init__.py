"""The REST API under ``/api/v1``: what the desks do, for other systems, with the same commands and rights."""

from flask import Flask

from webapp.api import (
    approval_sheet,
    arrears,
    attachments,
    banking,
    batches,
    bulk,
    calendars,
    changes,
    comments,
    controls,
    customers,
    definitions,
    documents,
    going_back,
    inbox,
    incidents,
    instances,
    jobs,
    line_managers,
    messages,
    operations,
    papers,
    reach,
    receipts,
    reviews,
    sales,
    signing,
    substitutions,
    tasks,
    units,
    versions,
    workload,
)
from webapp.api.endpoint import pages
from webapp.csrf import csrf

ROOMS = (
    tasks,
    signing,
    reach,
    going_back,
    bulk,
    substitutions,
    line_managers,
    workload,
    inbox,
    instances,
    approval_sheet,
    comments,
    attachments,
    changes,
    batches,
    incidents,
    controls,
    jobs,
    messages,
    operations,
    definitions,
    versions,
    sales,
    units,
    customers,
    reviews,
    receipts,
    banking,
    arrears,
    papers,
    documents,
    calendars,
)


def install(app: Flask) -> None:
    """Serve the API. Its tokens come in a header, so a forged page cannot use it: no form token is asked for."""
    from webapp.api import docs  # noqa: PLC0415 - describes the endpoints, so it comes after them

    csrf.exempt(pages)
    app.register_blueprint(pages)
    app.register_blueprint(docs.pages)

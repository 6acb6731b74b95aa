"""The REST API under ``/api/v1``: what the desks do, for other systems, with the same commands and rights."""

from flask import Flask

from webapp.api import (
    batches,
    changes,
    controls,
    customers,
    definitions,
    documents,
    incidents,
    instances,
    jobs,
    messages,
    operations,
    receipts,
    sales,
    tasks,
    units,
    versions,
)
from webapp.api.endpoint import pages
from webapp.csrf import csrf

ROOMS = (
    tasks,
    instances,
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
    receipts,
    documents,
)


def install(app: Flask) -> None:
    """Serve the API. Its tokens come in a header, so a forged page cannot use it: no form token is asked for."""
    from webapp.api import docs  # noqa: PLC0415 - describes the endpoints, so it comes after them

    csrf.exempt(pages)
    app.register_blueprint(pages)
    app.register_blueprint(docs.pages)

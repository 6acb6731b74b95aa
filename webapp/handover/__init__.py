"""The hand-over desk (入伙): batches and slots, the live board, cases, the inspector's phone."""

from __future__ import annotations

from flask import Flask

from webapp.language import N_
from webapp.navigation import NavEntry, add_entry


def install(app: Flask) -> None:
    """Serve these pages and offer them in the navigation."""
    from webapp.handover import batch_pages, board, cases, phone, plans, sale_card  # noqa: PLC0415 - jobs need none
    from webapp.handover.desk import pages  # noqa: PLC0415

    assert all((batch_pages, board, cases, phone, plans))  # noqa: S101 - imported for their addresses
    app.register_blueprint(pages)
    app.add_template_global(sale_card.move_in_of)
    add_entry(
        app,
        NavEntry(
            "handover.index",
            N_("Move-in"),
            "key",
            group="after_sales",
            order=47,
            permission="handover:view",
            desk_of="handover:inspect",
        ),
    )

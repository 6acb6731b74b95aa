"""The buyer's page (业主进度): opened by a one-time link, it shows one sale and nothing else."""

from flask import Flask


def install(app: Flask) -> None:
    """Serve the buyer's pages and the clerk's card."""
    from webapp.csrf import csrf  # noqa: PLC0415 - whoever runs jobs needs no views
    from webapp.portal import (  # noqa: F401, PLC0415 - they register their cards
        area,
        move_in,
        old_links,
    )
    from webapp.portal.desk import desk, links_of_sale  # noqa: PLC0415
    from webapp.portal.views import pages  # noqa: PLC0415

    app.register_blueprint(pages)
    # Nobody is signed in, and what the button sends goes to registered numbers alone.
    csrf.exempt(old_links.pages)
    app.register_blueprint(old_links.pages)
    app.register_blueprint(desk)
    app.add_template_global(links_of_sale)

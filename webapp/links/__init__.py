"""Deciding by a one-time link from a mail or text message (免登录审批), on a phone first."""

from flask import Flask

from webapp.csrf import csrf


def install(app: Flask) -> None:
    """Serve the page behind the links."""
    from webapp.links.views import pages  # noqa: PLC0415 - whoever only mints links needs no views

    # Who holds the link may act by it and nobody is signed in, so no forged page could gain anything; mail
    # programs that keep no cookies must be able to send the form.
    csrf.exempt(pages)
    app.register_blueprint(pages)

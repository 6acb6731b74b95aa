"""Notifications (通知): what one was told, one's choices, and the telling itself, outside of every step."""

from flask import Flask


def install(app: Flask) -> None:
    """Serve the pages and give the bell its number."""
    from webapp.notifications import views  # noqa: PLC0415 - whoever runs jobs tells without any page

    app.register_blueprint(views.pages)
    app.extensions["keyturn.unread"] = views.center.unread_of_reader

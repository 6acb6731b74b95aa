"""The approval sheet (审批单): what was asked, what the approvers saw, who decided what when."""

from flask import Flask

from webapp.approval_sheet.views import pages


def install(app: Flask) -> None:
    """Serve the sheet."""
    app.register_blueprint(pages)

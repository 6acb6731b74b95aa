"""The blueprint of the desk of changes; its modules hang their views on it."""

from flask import Blueprint

pages = Blueprint("changes", __name__, url_prefix="/changes")

"""The blueprint of the sales desk; its modules hang their views on it."""

from flask import Blueprint

pages = Blueprint("sales", __name__, url_prefix="/sales")

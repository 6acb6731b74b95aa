"""The blueprint of the customers desk; its modules hang their views on it."""

from flask import Blueprint

pages = Blueprint("customers", __name__, url_prefix="/customers")

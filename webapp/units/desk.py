"""The blueprint of the units desk; its modules hang their views on it."""

from flask import Blueprint

pages = Blueprint("units", __name__, url_prefix="/units")

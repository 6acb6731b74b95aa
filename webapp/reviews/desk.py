"""The blueprint of the reviews desk."""

from flask import Blueprint

pages = Blueprint("reviews", __name__, url_prefix="/reviews")

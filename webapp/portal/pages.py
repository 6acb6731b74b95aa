"""The portal's blueprint: the pages of a buyer, which know no staff."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("portal", __name__, url_prefix="/p")

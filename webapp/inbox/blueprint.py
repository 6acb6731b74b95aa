"""The inbox's blueprint; the modules of views put themselves on it."""

from flask import Blueprint

pages = Blueprint("inbox", __name__)

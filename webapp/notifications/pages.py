"""The notifications' blueprint; the modules of views put themselves on it."""

from flask import Blueprint

pages = Blueprint("notifications", __name__)

"""The blueprint of everything the public opens."""

from flask import Blueprint

bp = Blueprint("portal", __name__)

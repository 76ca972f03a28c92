"""What anyone may read without signing in."""

from flask import Blueprint

bp = Blueprint("portal", __name__)

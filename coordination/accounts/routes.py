"""Signing in and out, passwords, and the admin's accounts pages."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

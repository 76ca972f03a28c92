"""Calendars, rules, settings, jobs and the outbox: pages for admin and auditor."""

from flask import Blueprint

bp = Blueprint("settings", __name__, url_prefix="/settings")

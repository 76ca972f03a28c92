"""Settings, calendar, rules, jobs, outbox and audit ledger: pages, one file per family of addresses."""

from coordination.settings.routes import calendar, pages
from coordination.settings.routes.blueprint import bp

__all__ = ["bp", "calendar", "pages"]

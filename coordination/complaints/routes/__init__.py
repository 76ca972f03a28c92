"""Complaints: pages, one file per family of addresses."""

from coordination.complaints.routes import handling, imports, intake, listing, paperwork, routing, showing
from coordination.complaints.routes.blueprint import bp

__all__ = ["bp", "handling", "imports", "intake", "listing", "paperwork", "routing", "showing"]

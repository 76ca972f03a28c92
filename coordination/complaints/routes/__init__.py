"""Complaints: pages, one file per family of addresses."""

from coordination.complaints.routes import (
    after,
    bulk,
    events,
    handling,
    imports,
    intake,
    lanes,
    leaving,
    listing,
    paperwork,
    routing,
    showing,
)
from coordination.complaints.routes.blueprint import bp

__all__ = [
    "after",
    "bp",
    "bulk",
    "events",
    "handling",
    "imports",
    "intake",
    "lanes",
    "leaving",
    "listing",
    "paperwork",
    "routing",
    "showing",
]

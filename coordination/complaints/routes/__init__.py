"""Complaints: pages, one file per family of addresses."""

from coordination.complaints.routes import (
    after,
    asking,
    bulk,
    events,
    handling,
    imports,
    intake,
    lanes,
    leaving,
    listing,
    measures,
    onspot,
    paperwork,
    rostering,
    routing,
    showing,
    views,
)
from coordination.complaints.routes.blueprint import bp

__all__ = [
    "after",
    "asking",
    "bp",
    "bulk",
    "events",
    "handling",
    "imports",
    "intake",
    "lanes",
    "leaving",
    "listing",
    "measures",
    "onspot",
    "paperwork",
    "rostering",
    "routing",
    "showing",
    "views",
]

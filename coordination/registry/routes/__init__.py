"""The registry for its staff: pages, one file per family of addresses."""

from coordination.registry.routes import (
    board,
    businesses,
    feedback,
    gates,
    imports,
    inspection,
    intake,
    life,
    listing,
    papers,
    removals,
    schemes,
    sheets,
    trust,
)
from coordination.registry.routes.blueprint import bp

__all__ = [
    "board",
    "bp",
    "businesses",
    "feedback",
    "gates",
    "imports",
    "inspection",
    "intake",
    "life",
    "listing",
    "papers",
    "removals",
    "schemes",
    "sheets",
    "trust",
]

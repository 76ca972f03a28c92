"""The register of units and duties, one file per family of addresses."""

from coordination.members.routes import duties, handling, subjects, tables, units
from coordination.members.routes.blueprint import bp

__all__ = ["bp", "duties", "handling", "subjects", "tables", "units"]

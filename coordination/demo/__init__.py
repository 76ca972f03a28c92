"""The demo county (示例县), loaded through the services alone."""

from coordination.demo.loading import has_people, is_empty, is_loaded, load
from coordination.demo.people import accounts, set_password

__all__ = ["accounts", "has_people", "is_empty", "is_loaded", "load", "set_password"]

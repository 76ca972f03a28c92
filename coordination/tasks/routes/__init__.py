"""Tasks: pages, one file per family of addresses."""

from coordination.tasks.routes import changing, doing, following, pages, papers, pasting, planning, views
from coordination.tasks.routes.blueprint import bp

__all__ = ["bp", "changing", "doing", "following", "pages", "papers", "pasting", "planning", "views"]

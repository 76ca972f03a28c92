"""What programs ask for, one file per thing, and the admin's pages of their accounts."""

from coordination.api.routes import clients, complaints, units
from coordination.api.routes.blueprint import bp, init_app
from coordination.api.routes.clients import pages

__all__ = ["bp", "clients", "complaints", "init_app", "pages", "units"]

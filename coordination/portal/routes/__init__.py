"""What the public reads and sends, one file per family of addresses."""

from coordination.portal.routes import applying, feeds, front, lane, open_data, receipts, sending, units, venue, verify, who
from coordination.portal.routes.blueprint import bp

__all__ = ["applying", "bp", "feeds", "front", "lane", "open_data", "receipts", "sending", "units", "venue", "verify", "who"]

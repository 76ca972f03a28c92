"""我的待办, 提醒, the menu and help: pages."""

from flask import Blueprint, render_template

from coordination.access import requires
from coordination.permissions import Permission

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@requires(Permission.DESK)
def index() -> str:
    """我的待办."""
    return render_template("desk/index.html")

"""Doing one thing on a page of its own: the form, what was done, or why not. What such pages of every feature share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import audit
from coordination.forms import Form
from coordination.transaction import transaction
from models.errors import BadInput, CalendarMissing, Conflict, IllegalMove

Answer = str | Response | tuple[str, int]
Did = tuple[str, str]  # what to say, and the address to go on to


def act_page(form: Form, act: Callable[[Session], Did], *, title: str, verb: str, back: str, **more: Any) -> Answer:
    """Do it and go on; or show the form with all that was typed, and why it was not done. ``more`` goes to the template."""
    status, conflict = 200, None
    if form.validate_on_submit():
        try:
            with transaction() as session:
                said, url = act(session)
        except Conflict as broken:
            conflict, status = broken, 409
            if hasattr(form, "take_version") and broken.version:
                form.take_version(broken.version)
        except (BadInput, IllegalMove, CalendarMissing) as broken:
            status = broken.status
            form.form_errors.append(broken.message)
        else:
            flash(said)
            return redirect(url)
    elif form.errors:
        status = 422
    template = more.pop("template", "act.html")
    shown: dict[str, Any] = {"what": None, "consequences": (), "hints": {}, "kind": "primary", "back_label": "返回，不办理", "crumbs": ()}
    shown |= {"facts": (), "badge": None, "options": {}, "files": False, **more}
    return render_template(template, form=form, title=title, verb=verb, back=back, conflict=conflict, **shown), status


@dataclass(frozen=True)
class Said:
    """One line of 办理过程: the ledger's own sentence."""

    at: datetime
    who: str
    what: str
    text: None = None


def history(session: Session, *rows: object) -> list[Said]:
    """办理过程 of these rows from the audit ledger, newest first."""
    return [Said(entry.at, entry.who, entry.text) for entry in audit.history(session, *rows)]

"""The blueprint of the register, and what its pages share: editing, choices, and what a list is asked for."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import actor
from coordination.forms import Form
from coordination.members import queries
from coordination.permissions import Permission, can
from coordination.transaction import transaction
from models import Unit
from models.base import db
from models.errors import BadInput, Conflict
from models.text import clean_text

Answer = str | Response | tuple[str, int]

bp = Blueprint("members", __name__, url_prefix="/members")


def edited(
    form: Form, act: Callable[[Session], None], title: str, verb: str, back: str, done: str, what: str = "", history: Any = None
) -> Answer:
    """An editing page: shown; done; refused, with what was typed kept; or in conflict, with both texts."""
    conflict = None
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act(session)
            flash(done)
            return redirect(back)
        except Conflict as meanwhile:
            conflict = meanwhile
            form.take_version(meanwhile.version)
        except BadInput as wrong:
            form.form_errors.append(wrong.message)
    page = render_template("members/form.html", form=form, title=title, verb=verb, back=back, what=what, conflict=conflict, history=history)
    return page, 409 if conflict else 422 if form.errors else 200


def fields(form: Form) -> dict[str, Any]:
    """What was typed, by name, without the form's own token."""
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


def unit_choices(but: int | None = None, also: Unit | None = None) -> Iterable[tuple[int, str]]:
    """The units that stand, and the one chosen before (``also``), without the one being edited (``but``)."""
    found = {unit.id: unit.name for unit in queries.standing(db.session(), clock.today()) if unit.id != but}
    return {**found, **({also.id: also.name} if also else {})}.items()


def may_edit() -> bool:
    """May this person keep units, seats and mechanisms?"""
    return can(actor(), Permission.MEMBERS_EDIT)


def may_edit_duties() -> bool:
    """May this person keep duties and the classes of subjects?"""
    return can(actor(), Permission.DUTY_EDIT)


def asked_words() -> str:
    """What is searched for; longer than any name finds nothing anyway."""
    return (clean_text(request.args.get("q", "")) or "")[:60]


def chosen(kind: type[Any], name: str) -> Any:
    """The choice of a filter; None for all, and for a word that is none of its choices."""
    given = request.args.get(name, "")
    return kind(given) if given in {each.value for each in kind} else None


def asked_turn() -> tuple[int | None, int | None]:
    """Where the list is turned: after, or before, the row with this id. What is no id is the beginning."""
    after, before = (request.args.get(name, type=row_id) for name in ("after", "before"))
    return after, before


def row_id(word: str) -> int:
    """An id out of an address; ValueError for what no row can have."""
    number = int(word)
    if not 0 < number < 2**31:
        raise ValueError(word)
    return number

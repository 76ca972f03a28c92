"""接口账号: the admin's pages of programs that speak to this platform. A key is shown once."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.api import clients, queries
from coordination.api.clients import Issued
from coordination.api.forms import ActForm, AddressForm, ClientForm
from coordination.forms import choices
from coordination.members.queries import standing
from coordination.permissions import Permission
from coordination.transaction import transaction
from models import ApiScope
from models.base import db
from models.errors import BadInput, Conflict, IllegalMove, NotFound

pages = Blueprint("api_clients", __name__, url_prefix="/settings/clients")
Answer = str | Response | tuple[str, int]


@pages.get("")
@requires(Permission.ACCOUNTS_EDIT)
def index() -> str:
    """Every client."""
    return render_template("api/index.html", clients=queries.clients(db.session()))


@pages.route("/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def new() -> Answer:
    """A new one."""
    form = ClientForm()
    form.unit.choices = choices((unit.id, unit.name) for unit in standing(db.session(), clock.today()))
    if form.validate_on_submit():
        try:
            return _issued(lambda: _add(form), is_new=True)
        except (BadInput, NotFound) as refused:
            form.form_errors.append(refused.message)
    return render_template("api/new.html", form=form), 422 if form.errors else 200


@pages.route("/<int:client_id>/renew", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def renew(client_id: int) -> Answer:
    """Another key for one client."""
    if ActForm().validate_on_submit():
        return _issued(lambda: _renew(client_id), is_new=False)
    return render_template("api/renew.html", client=queries.get_client(db.session(), client_id))


@pages.route("/<int:client_id>/address", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def address(client_id: int) -> Answer | Any:
    """Where one client is told of changes."""
    client = queries.get_client(db.session(), client_id)
    form = AddressForm(data={"webhook_url": client.webhook_url, "seen": client.webhook_url})
    code = 200
    if form.validate_on_submit():
        try:
            issued = _redirect(client_id, form)
            if issued.secret:
                return _issued(lambda: issued, is_new=False)
            flash(f"不再向接口账号“{issued.client.name}”发送通知。")
            return redirect(url_for(".index"))
        except (BadInput, Conflict, IllegalMove) as refused:
            form.form_errors.append(refused.message)
            code = refused.status
            form.seen.data = client.webhook_url
    return render_template("api/address.html", form=form, client=client), 422 if form.errors and code == 200 else code


@pages.route("/<int:client_id>/disable", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def disable(client_id: int) -> Answer | Any:
    """Take one client's key away."""
    if ActForm().validate_on_submit():
        with transaction() as session:
            gone = clients.disable(session, actor=actor(), client_id=client_id, now=clock.now())
            flash(f"已停用接口账号“{gone.name}”。")
        return redirect(url_for(".index"))
    return render_template("api/disable.html", client=queries.get_client(db.session(), client_id))


def _add(form: ClientForm) -> Issued:
    with transaction() as session:
        return clients.add(
            session,
            actor=actor(),
            name=form.name.data or "",
            unit_id=form.unit.data,
            scopes=[ApiScope(value) for value in form.scopes.data or ()],  # type: ignore[call-arg]
            webhook_url=form.webhook_url.data or "",
            now=clock.now(),
        )


def _renew(client_id: int) -> Issued:
    with transaction() as session:
        return clients.renew(session, actor=actor(), client_id=client_id, now=clock.now())


def _redirect(client_id: int, form: AddressForm) -> Issued:
    with transaction() as session:
        told = {"webhook_url": form.webhook_url.data or "", "seen": form.seen.data or ""}
        return clients.redirect(session, actor=actor(), client_id=client_id, now=clock.now(), **told)


def _issued(issue: Callable[[], Issued], *, is_new: bool) -> Response:
    """The key, this once."""
    return make_response(render_template("api/issued.html", issued=issue(), is_new=is_new))

"""回执: what became of something sent, for whoever has the code it was answered with."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination.access import public
from coordination.portal import queries
from coordination.portal.forms import CodeForm
from coordination.portal.routes.blueprint import bp
from models.base import db
from models.errors import NotFound


@bp.route("/receipts", methods=["GET", "POST"])
@public
def receipt_search() -> Response:
    """查办理结果: asks for the code, by POST, so that it stands in no log."""
    form = CodeForm()
    if form.validate_on_submit():
        code = "".join(form.code.data.split())
        try:
            queries.receipt(db.session(), code)
        except NotFound as missing:
            form.code.errors = [missing.message]
        else:
            return redirect(url_for(".receipt", token=code))
    response = make_response(render_template("portal/receipt_search.html", form=form), 422 if request.method == "POST" else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/receipts/<token>")
@public
def receipt(token: str) -> Response:
    """The number, the day an answer is due, and the answer."""
    response = make_response(render_template("portal/receipt.html", receipt=queries.receipt(db.session(), token), token=token))
    response.headers["Cache-Control"] = "no-store"
    return response

"""申报 by the business: no account, a code of its own that opens the draft again and later shows where it stands."""

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coordination import clock
from coordination.access import public
from coordination.forms import choices
from coordination.portal import drafts, flood, queries
from coordination.portal.forms import BusinessForm, CodeForm, HandInForm, PaperForm
from coordination.portal.routes.blueprint import bp
from coordination.registry import applying
from coordination.transaction import transaction
from models import ApplicationDraft
from models.base import db
from models.errors import BadInput, Conflict, NotFound

DRAFTS_AN_HOUR = 20  # from one address; a street's office may help several shops in a morning
SAVES_AN_HOUR = 200


@bp.route("/apply", methods=["GET", "POST"])
@public
def apply() -> Response:
    """申报须知; POST begins a draft and leads to its address."""
    if request.method == "POST":
        with transaction() as session:
            _count(session, "draft", DRAFTS_AN_HOUR)
            _, token = applying.start_draft(session, now=clock.now())
        return redirect(url_for(".application", token=token))
    offered = queries.open_categories(db.session(), clock.today())
    return _fresh("portal/apply.html", categories=offered, declarations=applying.DECLARATIONS, form=CodeForm())


@bp.post("/apply/resume")
@public
def resume() -> Response:
    """On with a draft, or to see where an application stands, by its code."""
    form = CodeForm()
    if form.validate_on_submit():
        code = "".join(form.code.data.split()).rpartition("/")[2]
        try:
            applying.draft_of(db.session(), code, clock.now())
        except NotFound as missing:
            form.code.errors = [missing.message]
        else:
            return redirect(url_for(".application", token=code))
    offered = queries.open_categories(db.session(), clock.today())
    return _fresh("portal/apply.html", 422, categories=offered, declarations=applying.DECLARATIONS, form=form)


@bp.get("/apply/<token>")
@public
def application(token: str) -> Response:
    """The draft with what is still to be done, or where the application stands."""
    draft = _draft(token)
    if draft.recognition is not None:
        return _fresh("portal/application.html", token=token, stage=drafts.stage(draft.recognition), recognition=draft.recognition)
    return _fresh("portal/draft.html", token=token, **_contents(draft))


@bp.route("/apply/<token>/business", methods=["GET", "POST"])
@public
def application_business(token: str) -> Response:
    """第1步: who applies, and for what. 保存草稿 takes what is there; 保存并继续 looks at it first."""
    draft = _draft(token, is_open=True)
    form = BusinessForm(**{**drafts.shown(draft.answers), "version": draft.version})
    form.category.choices = choices((one.id, one.name) for one in queries.open_categories(db.session(), clock.today()))
    if request.method == "GET":
        return _fresh("portal/draft_business.html", token=token, form=form)
    later = "later" in request.form
    if not later and not form.validate_on_submit():
        return _fresh("portal/draft_business.html", 422, token=token, form=form)
    try:
        _save(token, form)
    except Conflict as clash:
        form.version.data = clash.version
        form.form_errors.append("这份申报刚在别处保存过。您写的内容没有丢失，核对后请再次保存")
        stored = drafts.as_facts(_draft(token).answers, queries.category_choices(db.session(), clock.today()))
        return _fresh("portal/draft_business.html", 409, token=token, form=form, stored=stored)
    flash("草稿已保存，尚未提交。")
    return redirect(url_for(".application" if later else ".application_papers", token=token))


@bp.route("/apply/<token>/papers", methods=["GET", "POST"])
@public
def application_papers(token: str) -> Response:
    """第2步: the papers, one at a time."""
    draft = _draft(token, is_open=True)
    form, status = PaperForm(), 200
    if form.validate_on_submit():
        file = form.file.data
        content = file.read()
        try:
            with transaction() as session:
                _count(session, "save", SAVES_AN_HOUR)
                given = {"name": drafts.file_name(file.filename), "media_type": drafts.media_type(content), "content": content}
                applying.attach(session, token=token, kind=form.kind.data, now=clock.now(), **given)
        except BadInput as refused:
            form.file.errors = [refused.message]
            status = 422
        else:
            flash(f"已上传{form.kind.data}。")
            return redirect(url_for(".application_papers", token=token))
    elif request.method == "POST":
        status = 422
    return _fresh("portal/draft_papers.html", status, token=token, form=form, papers=queries.papers(db.session(), draft.id))


@bp.post("/apply/<token>/papers/<int:paper_id>/withdraw")
@public
def application_paper(token: str, paper_id: int) -> Response:
    """撤下 a paper of a draft."""
    with transaction() as session:
        applying.detach(session, token=token, paper_id=paper_id, now=clock.now())
    flash("已撤下一份材料。")
    return redirect(url_for(".application_papers", token=token))


@bp.route("/apply/<token>/check", methods=["GET", "POST"])
@public
def application_check(token: str) -> Response:
    """第3步: everything once more, the declarations, and handing in."""
    draft = _draft(token, is_open=True)
    form, status = HandInForm(), 200
    contents = _contents(draft)
    if contents["missing"]:
        form.form_errors = [f"还没有填写：{'、'.join(contents['missing'])}"] if request.method == "POST" else []
        return _fresh("portal/draft_check.html", 422 if form.form_errors else 200, token=token, form=form, **contents)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                _count(session, "hand_in", DRAFTS_AN_HOUR)
                ready = drafts.as_application(draft.answers, tuple(form.declarations.data))
                applying.hand_in(session, token=token, application=ready, now=clock.now())
        except (BadInput, NotFound) as refused:
            form.form_errors = [refused.message]
            status = 422
        else:
            return redirect(url_for(".application", token=token))
    elif request.method == "POST":
        status = 422
    return _fresh("portal/draft_check.html", status, token=token, form=form, **contents)


def _save(token: str, form: BusinessForm) -> None:
    version = int(form.version.data) if str(form.version.data).isdigit() else 0
    with transaction() as session:
        _count(session, "save", SAVES_AN_HOUR)
        applying.save_draft(session, token=token, version=version, answers=drafts.answers(form.data), now=clock.now())


def _contents(draft: ApplicationDraft) -> dict[str, Any]:
    """What a draft holds, and what it lacks."""
    session = db.session()
    answers: Mapping[str, Any] = draft.answers
    offered = queries.category_choices(session, clock.today())
    return {
        "facts": drafts.as_facts(answers, offered),
        "missing": drafts.missing(answers, offered),
        "begun": bool(answers),
        "papers": queries.papers(session, draft.id),
        "expires_on": draft.expires_on,
    }


def _draft(token: str, *, is_open: bool = False) -> ApplicationDraft:
    draft = applying.draft_of(db.session(), token, clock.now())
    if is_open and draft.recognition_id is not None:
        raise NotFound("这份申报已提交")
    return draft


def _count(session: Any, kind: str, most: int) -> None:
    flood.take_turn(session, kind, request.remote_addr or "", most, clock.now())


def _fresh(template: str, status: int = 200, **about: Any) -> Response:
    response = make_response(render_template(template, **about), status)
    response.headers["Cache-Control"] = "no-store"
    return response

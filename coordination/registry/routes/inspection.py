"""现场检查: the score sheet on a phone. A plain form; with scripts what was typed survives a lost connection (static/js/inspect.js)."""

import secrets
from dataclasses import dataclass, field

from flask import flash, jsonify, redirect, render_template, request, url_for

from coordination import clock
from coordination.access import actor, requires
from coordination.permissions import Permission, require
from coordination.registry import forms, inspecting, queries, service
from coordination.registry.inspecting import STATES
from coordination.registry.routes.blueprint import Answer, about, bp, database
from coordination.registry.service import Findings, Photo
from coordination.transaction import transaction
from models import InspectionKind, Recognition, ScoreSheet
from models.errors import BadInput, IllegalMove, NotFound
from models.text import clean_text

MOST_NOTE = 500


@dataclass
class Typed:
    """What was typed into the sheet, as it was typed, and what is wrong with it: item id → words."""

    points: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    wrong: dict[int, str] = field(default_factory=dict)


@bp.route("/<int:recognition_id>/inspect/<string:kind>", methods=["GET", "POST"])
@requires(Permission.REGISTRY_INSPECT)
def inspect(recognition_id: int, kind: str) -> Answer:
    """认定检查, 年度复查 or 整改复核. Sent twice with the same key it is kept once, and both times it is answered as received."""
    recognition = queries.get_recognition(database(), actor(), recognition_id)
    require(actor(), Permission.REGISTRY_INSPECT, recognition.scope)
    what = _kind(kind)
    form = forms.Inspect(inspected_on=clock.today(), key=secrets.token_hex(16))
    sheet = _sheet(recognition, form.sheet_id.data if request.method == "POST" else None)
    typed = Typed()
    if request.method == "GET":
        inspecting.check_kind(recognition, what)
        form.sheet_id.data = sheet.id
        return _page(recognition, what, sheet, form, typed)
    _read(sheet, typed)
    if not form.validate_on_submit() or typed.wrong:
        return _again(recognition, what, sheet, form, typed, 422)
    try:
        with transaction() as session:
            found = Findings(
                key=form.key.data or "",
                sheet_id=sheet.id,
                inspected_on=form.inspected_on.data,
                points={id_: int(points) for id_, points in typed.points.items()},
                notes=typed.notes,
                finding=form.finding.data or "",
                photos=_photos(sheet),
            )
            kept = service.inspect(session, actor=actor(), recognition_id=recognition_id, kind=what, found=found, now=clock.now())
            said = f"{what.label}已收到：{kept.total}分，{'达到要求' if kept.passed else f'未达要求（{kept.shortfall}）'}。"
    except (BadInput, IllegalMove) as refused:
        form.form_errors.append(refused.message)
        return _again(recognition, what, sheet, form, typed, refused.status)
    url = url_for("registry.show", recognition_id=recognition_id)
    flash(said)
    return jsonify(message=said, url=url) if _by_script() else redirect(url)


def _kind(word: str) -> InspectionKind:
    found = next((kind for kind in InspectionKind if kind.value == word), None)
    if found is None:
        raise NotFound("没有这种检查")
    return found


def _sheet(recognition: Recognition, sheet_id: int | None) -> ScoreSheet:
    """The sheet that was filled in, or the newest one for a page that is opened."""
    if sheet_id:
        return inspecting.sheet_for(database(), recognition, sheet_id)
    sheet = queries.score_sheet(database(), recognition.category_id)
    if sheet is None:
        raise IllegalMove(f"“{recognition.category.name}”还没有发布评分表，请联席会议办公室先发布")
    return sheet


def _read(sheet: ScoreSheet, typed: Typed) -> None:
    """Take what was typed, item by item."""
    for item in sheet.items:
        points = (request.form.get(f"points-{item.id}") or "").strip()
        note = (clean_text(request.form.get(f"note-{item.id}")) or "").strip()
        typed.points[item.id], typed.notes[item.id] = points, note
        if not points:
            typed.wrong[item.id] = "请评分"
        elif not (points.isdecimal() and points.isascii() and int(points[:9]) <= item.weight):
            typed.wrong[item.id] = f"应为0至{item.weight}的整数"
        elif len(note) > MOST_NOTE:
            typed.wrong[item.id] = f"说明最多{MOST_NOTE}字"


def _photos(sheet: ScoreSheet) -> tuple[Photo, ...]:
    """The photos sent along, of single items and of the whole."""
    found = []
    for name, item_id in (("photos", None), *((f"photos-{item.id}", item.id) for item in sheet.items)):
        for sent in request.files.getlist(name):
            if sent.filename:
                shown = (clean_text(sent.filename) or "").replace("/", " ").strip()[-120:] or "照片"
                found.append(Photo(shown, sent.mimetype or "", sent.read(), item_id))
    return tuple(found)


def _again(recognition: Recognition, kind: InspectionKind, sheet: ScoreSheet, form: forms.Inspect, typed: Typed, status: int) -> Answer:
    if typed.wrong:
        form.form_errors.append(f"还有{len(typed.wrong)}项需要更正，见下面的红字")
    if _by_script():
        words = [*form.form_errors, *(words for f in form for words in f.errors)]
        return jsonify(errors=words, wrong={str(id_): said for id_, said in typed.wrong.items()}), status  # type: ignore[return-value]
    page = _page(recognition, kind, sheet, form, typed)
    assert isinstance(page, str)
    return page, status


def _page(recognition: Recognition, kind: InspectionKind, sheet: ScoreSheet, form: forms.Inspect, typed: Typed) -> Answer:
    others = inspecting.voices(database(), recognition) if kind == InspectionKind.RECHECK else None
    return render_template(
        "registry/inspect.html",
        recognition=recognition,
        kind=kind,
        sheet=sheet,
        form=form,
        typed=typed,
        others=others,
        waits=recognition.status == STATES[kind],
        **about(recognition),
    )


def _by_script() -> bool:
    """Does the page's script ask, which wants an answer it can read?"""
    return request.headers.get("X-Inspect") == "1"

"""One handler for everything refused: what happened, what now, in words; refusals of rights go to the security log.

Whoever asks an address of the API is answered in JSON, also where there is no such address (coordination/api/routes has the rest)."""

import logging
import secrets

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from models.base import db
from models.errors import Conflict, NotAllowed, RuleBroken

log = logging.getLogger(__name__)
security_log = logging.getLogger("security")

API = "/api/"
WORDS = {
    400: "请求不完整。请返回上一页，刷新后再试。",
    404: "没有找到这一页。可能已移走，或地址有误。",
    405: "不能这样打开本页。请返回上一页再试。",
    413: "内容太大，未能接收。请压缩或分开上传。",
    429: "操作过于频繁，请稍后再试。",
    503: "系统正在维护，请稍后再试。",
}
API_WORDS = {**WORDS, 404: "没有这个接口地址", 405: "这个接口地址不接受这一请求方法"}


def init_app(app: Flask) -> None:
    """Answer every refusal and failure with a page."""
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failure)


def page(status: int, message: str, **more: object) -> Response:
    """The error page of this status; of an address for programs the same in JSON."""
    if request.path.startswith(API):
        return make_response(jsonify(errors=[{"field": "", "message": message}]), status)
    template = f"errors/{status}.html" if status in {400, 403, 404, 409, 422, 429, 500, 503} else "errors/400.html"
    response = make_response(render_template(template, message=message, **more), status)
    g.staff_page = True
    return response


def _rule_broken(broken: RuleBroken) -> Response:
    db.session.rollback()
    if isinstance(broken, NotAllowed):
        who = current_user.username if current_user.is_authenticated else "-"
        security_log.warning("refused %s endpoint=%s person=%s address=%s", request.method, request.endpoint, who, request.remote_addr)
    conflict = broken if isinstance(broken, Conflict) else None
    message = "没有找到这一页。可能已移走，或地址有误。" if broken.status == 404 else broken.message
    return page(broken.status, message, conflict=conflict)


def _stale_form(_error: CSRFError) -> Response:
    return page(400, "本页停留过久或已在别处退出，内容未保存。请返回上一页，刷新后再试。", conflict=None)


def _http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    words = API_WORDS if request.path.startswith(API) else WORDS
    response = page(error.code or 500, words.get(error.code or 500, "请求未能办理。"), conflict=None)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _failure(error: Exception) -> Response:
    db.session.rollback()
    number = secrets.token_hex(2).upper()
    log.error("failure %s endpoint=%s", number, request.endpoint, exc_info=error)
    if request.path.startswith(API):
        return page(500, f"系统出错，请求未能办理。请将编号{number}告知平台管理员")
    # Rendered without the frame: what failed may be the very thing the frame asks, such as the database.
    g.staff_page = True
    return make_response(current_app.jinja_env.get_template("errors/500.html").render(number=number), 500)

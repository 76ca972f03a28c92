"""What the addresses of the API share: how bodies are read, how refusals look, and the description for machines."""

import json
import logging
from typing import Any

from flask import Flask, Request, Response, jsonify, request
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from coordination.access import KeyRefused, public
from coordination.api.schemas import ErrorsShape, errors_of
from coordination.api.service import WrongField
from models.base import db
from models.errors import RuleBroken

security_log = logging.getLogger("security")
JSON = "application/json"
MOST_BODY = 512 * 1024  # bytes; 50,000 characters written as \\uXXXX are 300,000
WORDS = {
    400: "请求内容不是有效的JSON（UTF-8）",
    413: "请求内容过大，最多512KB",
    415: "请求内容须为JSON，Content-Type: application/json",
}
REFUSALS = {
    400: "不是有效的JSON",
    401: "没有密钥，或密钥有误、已停用",
    403: "密钥没有这一权限",
    404: "没有，或不是本接口账号登记的",
    409: "幂等键已用于另一份内容",
    413: "内容过大",
    415: "内容不是JSON",
    422: "有字段不合要求",
    429: "过于频繁",
}


class Bodies(FlaskParser):
    """Reads JSON and nothing else, of a bounded size; what Python's reader stumbles over is malformed like anything else."""

    def _raw_load_json(self, req: Request) -> Any:
        if req.mimetype != JSON:
            raise UnsupportedMediaType
        req.max_content_length = MOST_BODY
        try:
            return super()._raw_load_json(req)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise
        except (RecursionError, ValueError) as wrong:  # nested too deep; a number of too many digits
            raise json.JSONDecodeError("beyond what is read", "…", 0) from wrong


class Addresses(Blueprint):
    """A blueprint whose bodies are read by ``Bodies``."""

    ARGUMENTS_PARSER = Bodies()


class Described(Api):
    """The API's description. It answers no errors of its own: those of /api/v1 are answered below, all others by coordination/errors.py."""

    ERROR_SCHEMA = ErrorsShape

    def _register_error_handlers(self) -> None:
        """None for the whole application: it would turn the public's pages into JSON."""

    @public
    def _openapi_json(self) -> Response:
        """The description, open to everybody."""
        return super()._openapi_json()


bp = Addresses("api", __name__, url_prefix="/api/v1", description="投诉举报登记与查询、示范单位名录")


def refusals(*statuses: int) -> Any:
    """Describe the ways in which an address refuses."""

    def describe(view: Any) -> Any:
        for status in statuses:
            view = bp.alt_response(status, schema=ErrorsShape, description=REFUSALS[status])(view)
        return view

    return describe


def init_app(app: Flask) -> None:
    """The API and its description at /api/openapi.json."""
    app.config.update(API_TITLE="消费者权益保护工作联席会议平台接口", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX="/api")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Chinese as it is: people read it too
    api = Described(app)
    api.spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": "接口账号的密钥"})
    api.register_blueprint(bp)


@bp.errorhandler(RuleBroken)
def _rule_broken(broken: RuleBroken) -> Response:
    db.session.rollback()
    response = _refused(broken.status, [{"field": broken.field if isinstance(broken, WrongField) else "", "message": broken.message}])
    if isinstance(broken, KeyRefused):
        asked = (broken.status, request.endpoint, broken.who, request.remote_addr)
        security_log.warning("refused key %s endpoint=%s client=%s address=%s", *asked)
        response.headers["WWW-Authenticate"] = broken.challenge
    if broken.status == 429:
        response.headers["Retry-After"] = "3600"
    return response


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    status, said = error.code or 500, getattr(error, "data", {}).get("messages")
    if status == 422 and said:
        return _refused(status, errors_of({name: inner for place in said.values() for name, inner in _within(place)}))
    return _refused(status, [{"field": "", "message": WORDS.get(status, "请求未能办理")}])


def _within(place: Any) -> list[tuple[str, Any]]:
    """What was said about one place of a request (body, address, header); webargs names the place first."""
    return list(place.items()) if isinstance(place, dict) else [("_schema", place)]


def _refused(status: int, errors: list[dict[str, str]]) -> Response:
    response = jsonify(errors=errors)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

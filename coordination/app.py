"""create_app: puts the pieces together, nothing else."""

import logging
from datetime import timedelta
from logging.handlers import WatchedFileHandler

from flask import Flask, Response, g, session
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from coordination import access, attachments, clock, config, crypto, errors, filters
from coordination.accounts.routes import bp as accounts_bp
from coordination.api import routes as api
from coordination.complaints.routes import bp as complaints_bp
from coordination.desk.menu import address, form_token, frame
from coordination.desk.routes import bp as desk_bp
from coordination.desk.routes import type_size
from coordination.meetings.routes import bp as meetings_bp
from coordination.members.routes import bp as members_bp
from coordination.portal.routes import bp as portal_bp
from coordination.registry.routes import bp as registry_bp
from coordination.settings.routes import bp as settings_bp
from coordination.tasks.routes import bp as tasks_bp
from coordination.transaction import engine_options, prepare_engine
from models.base import db

BLUEPRINTS = (
    portal_bp,
    accounts_bp,
    desk_bp,
    meetings_bp,
    tasks_bp,
    complaints_bp,
    registry_bp,
    members_bp,
    settings_bp,
    api.pages,
)
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def create_app(settings: config.Config | None = None) -> Flask:
    """The application of this process."""
    settings = settings or config.load()
    app = Flask("coordination", root_path=str(config.ROOT / "coordination"), template_folder=str(config.ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_I18N_ENABLED=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        TESTING=settings.testing,
        CONFIG=settings,
    )
    use(settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    # Setting the size of one's own type changes nothing here; without a token in its form public pages need no cookie and stay the same.
    guard = CSRFProtect(app)
    guard.exempt(type_size)
    guard.exempt(api.bp)  # programs show a key, and no cookie of theirs is looked at
    Bootstrap5(app)
    access.init_app(app)
    errors.init_app(app)
    filters.register(app, today=clock.today)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.init_app(app)
    if settings.testing:
        app.jinja_env.undefined = StrictUndefined
    app.context_processor(frame)
    app.jinja_env.globals.update(url_for=address, csrf_token=form_token)
    app.after_request(_harden)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies) if settings.proxies else app.wsgi_app  # type: ignore[method-assign]
    return app


def use(settings: config.Config) -> None:
    """What is the process's rather than the application's: the master key, the folder of stored files, the security log."""
    crypto.use(settings.data_key)
    attachments.use(settings.instance / "files")
    _log_to(settings)


def _harden(response: Response) -> Response:
    """Headers of every answer: our content policy, no sniffing, and no copy of staff pages anywhere."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if g.get("staff_page") or "_user_id" in session:
        response.headers["Cache-Control"] = "no-store"
    return response


def _log_to(settings: config.Config) -> None:
    """The security log is a file of its own in the instance folder, kept apart from the process's log."""
    logger = logging.getLogger("security")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    handler = WatchedFileHandler(settings.instance / "security.log", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)

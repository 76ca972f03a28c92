"""What can be taken away from a recognition: certificate, plaque, papers, photos and reports."""

from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from coordination import attachments, clock
from coordination.access import actor, requires
from coordination.documents import certificate as paper
from coordination.documents.certificate import CertificatePaper
from coordination.permissions import Permission
from coordination.registry import lists, queries
from coordination.registry.routes.blueprint import bp, database
from coordination.settings.queries import fonts, setting
from models import Recognition
from models.errors import IllegalMove, NotFound

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MADE = {"certificate": ("证书", paper.certificate), "plaque": ("标牌", paper.plaque)}


@bp.get("/<int:recognition_id>/<string:kind>.docx")
@requires(Permission.REGISTRY_READ)
def document(recognition_id: int, kind: str) -> Response:
    """证书 or 标牌 of a unit that is on the list."""
    session = database()
    recognition = queries.get_recognition(session, actor(), recognition_id)
    if kind not in MADE:
        raise NotFound("没有这种文书")
    if not recognition.is_listed(clock.today()):
        raise IllegalMove("该单位不在名录上，不能打印证书和标牌")
    label, make = MADE[kind]
    name = f"{label} {recognition.certificate_no} {recognition.business.name}.docx"
    return send_file(BytesIO(make(_paper(recognition), fonts(session))), mimetype=DOCX, as_attachment=True, download_name=name)


@bp.get("/<int:recognition_id>/files/<int:file_id>")
@requires(Permission.REGISTRY_READ)
def file(recognition_id: int, file_id: int) -> Response:
    """A paper handed in, a photo, or an assessor's report; only ever as a download or a picture of our own types."""
    session = database()
    recognition = queries.get_recognition(session, actor(), recognition_id)
    stored = lists.file_of(session, recognition, file_id)
    shown = stored.media_type in {"image/jpeg", "image/png"} and not request.args.get("download")
    return send_file(BytesIO(attachments.read(stored)), mimetype=stored.media_type, as_attachment=not shown, download_name=stored.name)


def _paper(recognition: Recognition) -> CertificatePaper:
    scheme, business = recognition.category.scheme, recognition.business
    assert recognition.certificate_no is not None
    assert recognition.recognised_on is not None
    assert recognition.valid_until is not None
    return CertificatePaper(
        title=scheme.title,
        category=recognition.category.name,
        business=business.name,
        address=business.address,
        certificate_no=recognition.certificate_no,
        recognised_on=recognition.recognised_on,
        valid_until=recognition.valid_until,
        issuer=scheme.issuer,
        address_to_check=f"{_site()}/verify/{recognition.token}",
        mark=attachments.read(scheme.mark) if scheme.mark is not None else None,
    )


def _site() -> str:
    """The address the public knows the platform by: the setting, else that of this request."""
    configured: str = setting(database(), "site_url").rstrip("/")
    return configured or request.url_root.rstrip("/")

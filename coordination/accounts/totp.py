"""One-time codes (动态验证码): six digits from an authenticator app, new every 30 seconds (RFC 6238). Pure but for the key."""

import unicodedata
from datetime import datetime

import pyotp

from coordination import crypto
from models.errors import BadInput

STEP_SECONDS = 30
STEPS_ALLOWED = (0, -1, 1)  # a phone's clock may be half a minute off either way
PURPOSE = "totp"
OFFERED = "totp-offer"


def new_secret() -> str:
    """A secret nobody has yet, in Base32 as apps take it."""
    return pyotp.random_base32()


def seal(secret: str) -> str:
    """The secret as the database keeps it."""
    return crypto.encrypt(PURPOSE, secret)


def step_of(sealed: str, code: str, now: datetime) -> int | None:
    """The number of the 30-second step for which ``code`` is right, at most one off; None when it is wrong."""
    otp = pyotp.TOTP(crypto.decrypt(PURPOSE, sealed))
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    current = int(now.timestamp()) // STEP_SECONDS
    return next((current + off for off in STEPS_ALLOWED if otp.verify(digits, for_time=(current + off) * STEP_SECONDS)), None)


def offer(person_id: int, secret: str) -> str:
    """A secret on its way to its owner's app and back, sealed for this person: nothing is stored until a code proves it arrived."""
    return crypto.encrypt(OFFERED, f"{person_id}:{secret}")


def accept(person_id: int, offered: str) -> str:
    """The secret of an offer made to this person; BadInput when it was made to somebody else or touched."""
    try:
        owner, _, secret = crypto.decrypt(OFFERED, offered).partition(":")
    except ValueError as spoilt:
        raise BadInput("本页已失效，请刷新后重新扫码") from spoilt
    if owner != str(person_id):
        raise BadInput("本页已失效，请刷新后重新扫码")
    return secret


def picture(secret: str, *, username: str, platform: str) -> str:
    """The QR code an app scans, as a data: address for an <img>."""
    import segno  # loaded for the one page that shows a picture, not at every start

    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=platform)
    return segno.make(address, error="m").svg_data_uri(scale=4, border=4)

"""Keys outside the database: what seals the audit chain and encrypts what must not lie in clear.

One master key (``data.key`` in the instance folder, or DATA_KEY) is split into one key per purpose, so that no purpose can
be used to attack another. Without the master key neither the sealed nor the encrypted can be read or forged from the database alone.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

_master = b""


def use(master: str) -> None:
    """Set the master key of this process; called once when the application is made."""
    global _master
    _master = master.encode()


def key_for(purpose: str) -> bytes:
    """The 32-byte key of one purpose, e.g. ``audit``."""
    if not _master:
        raise RuntimeError("no master key: create_app() sets it")
    return _derived(_master, purpose)


@lru_cache(maxsize=100)
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=100)
def _box(key: bytes) -> Fernet:
    """Made once for each key: making it takes as long as sealing a short text."""
    return Fernet(base64.urlsafe_b64encode(key))


def keyed_hash(purpose: str, text: str) -> str:
    """A hash of ``text`` that only the holder of the key can compute: equal texts can be found without keeping them."""
    return hmac.digest(key_for(purpose), text.encode(), "sha256").hex()


def encrypt(purpose: str, text: str) -> str:
    """``text`` sealed; a different result each time."""
    return _box(key_for(purpose)).encrypt(text.encode()).decode()


def encrypt_bytes(purpose: str, content: bytes) -> bytes:
    """A file sealed, for what may not lie on the disk in clear."""
    return _box(key_for(purpose)).encrypt(content)


def decrypt_bytes(purpose: str, sealed: bytes) -> bytes:
    """What ``encrypt_bytes`` sealed; ValueError when the key is another or the file was touched."""
    try:
        return _box(key_for(purpose)).decrypt(sealed)
    except InvalidToken as spoilt:
        raise ValueError("sealed with another key, or spoilt") from spoilt


def decrypt(purpose: str, sealed: str) -> str:
    """What ``encrypt`` sealed; ValueError when the key is another or the text was touched."""
    try:
        return _box(key_for(purpose)).decrypt(sealed.encode()).decode()
    except InvalidToken as spoilt:
        raise ValueError("sealed with another key, or touched") from spoilt


def seal_contact(contact: str) -> str:
    """How somebody who wrote to the office can be reached, sealed; empty stays empty."""
    return encrypt("contact", contact) if contact else ""


def open_contact(sealed: str) -> str:
    """What ``seal_contact`` sealed."""
    return decrypt("contact", sealed) if sealed else ""

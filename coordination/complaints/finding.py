"""What is kept of a case so that it is found again: the signature of its masked text and target, and what like cases share.

A signature sets three bits of 2,048 for every two neighbouring characters. A text of a hundred characters fills a seventh of it, so of a
thousand cases without a word two or three look as if they had it: who searches looks at the text itself.

Of a text the three pairs with the smallest hashes stand for all of them: texts that are nearly the same share at least one nearly always,
and each stands together with the target, so that only cases against one business meet. All of it is written in bulk, once for a batch.
"""

import hashlib
import re
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add, or_
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coordination import crypto
from models import Complaint, ComplaintKey, ComplaintSlice
from models.business import read_name

BUCKETS = 2048
OF_IDS = -1  # the bucket that holds the ids of a batch
SKETCH = 3  # pairs that stand for a text
SHORTEST = 8  # pairs; a shorter text is like too many others
AT_ONCE = 500  # values in one statement
MOST_KEPT = 1 << 16  # pairs whose hash is remembered: some 20 MB
_UNSOUGHT = re.compile(r"[\s*＊，。、；：！？,.;:!?()（）\"'“”‘’《》【】\-—…]+")
_PLAIN = 1 << 63
_SLICE, _KEY = "complaint_slice (bucket, batch, bits)", "complaint_key (key, complaint_id)"


@dataclass(frozen=True)
class Found:
    """What one case is found by: ``text`` masked, ``target`` as named, ``name`` of the person who complained."""

    text: str
    target: str
    name: str


def keep(session: Session, cases: Mapping[int, Found]) -> None:
    """Have these cases, just registered, found; by their ids."""
    import numpy as np  # takes as long as a whole page: only who writes cases pays for it

    if not cases:
        return
    ids, secret = sorted(cases), _secret()
    signatures: list[bytes] = []
    keys: list[tuple[int, int]] = []
    for id_ in ids:
        found = cases[id_]
        held = pairs(found.text)
        signature = reduce(or_, map(_bits_of, held), _signature_of(found.target))
        signatures.append(signature.to_bytes(BUCKETS // 8, "little"))
        keys += [(key, id_) for key in _keys(found, list(map(_hash_of, held)), secret)]
    batch = ids[-1] * 2
    rows: list[tuple[int, int, bytes]] = [(OF_IDS, batch, packed(ids))]
    lines = np.frombuffer(b"".join(signatures), dtype=np.uint8).reshape(len(ids), BUCKETS // 8)
    whole = np.unpackbits(lines, axis=1, bitorder="little")
    slices = np.packbits(whole.T, axis=1, bitorder="little")  # the first case is the lowest bit
    rows += [(bucket, batch, bits) for bucket in range(BUCKETS) if (bits := slices[bucket].tobytes().rstrip(b"\0"))]
    insert(session, _SLICE, rows)
    insert(session, _KEY, sorted(keys))


def keep_changed(session: Session, complaint_id: int, before: Found, after: Found) -> None:
    """Have a case whose text or target has changed found by what it says now: it becomes a batch of its own beside the one it came with."""
    old, new = keys_of(before), keys_of(after)
    if old - new:
        session.execute(delete(ComplaintKey).where(ComplaintKey.complaint_id == complaint_id, ComplaintKey.key.in_(old - new)))
    insert(session, _KEY, [(key, complaint_id) for key in sorted(new - old)])
    if (before.text, before.target) == (after.text, after.target):
        return
    batch = complaint_id * 2 + 1
    wanted = {bucket: b"\x01" for pair in pairs(after.text) | pairs(after.target) for bucket in buckets(pair)} | {
        OF_IDS: packed([complaint_id])
    }
    asked = sorted(wanted)
    for at in range(0, len(asked), AT_ONCE):
        here = select(ComplaintSlice.bucket).where(ComplaintSlice.batch == batch, ComplaintSlice.bucket.in_(asked[at : at + AT_ONCE]))
        for bucket in session.scalars(here).all():
            del wanted[bucket]
    insert(session, _SLICE, [(bucket, batch, bits) for bucket, bits in sorted(wanted.items())])


def pairs(words: str) -> set[str]:
    """Every two neighbouring characters, plain, of the stretches between gaps, marks and what was hidden."""
    found: set[str] = set()
    for stretch in stretches(words):
        found.update(map(add, stretch, stretch[1:]))
    return found


def stretches(words: str) -> list[str]:
    """The text with widths and letters made one, cut at gaps, marks and what was hidden; empty ones may be among them."""
    return _UNSOUGHT.split(unicodedata.normalize("NFKC", words).upper())


def buckets(pair: str) -> tuple[int, int, int]:
    """The three buckets a pair falls into."""
    hashed, low = _hash_of(pair), BUCKETS - 1
    return hashed & low, hashed >> 11 & low, hashed >> 22 & low


def keys_of(found: Found) -> set[int]:
    """Numbers that like cases share: person and target; target and each pair that stands for the text."""
    return _keys(found, list(map(_hash_of, pairs(found.text))), _secret())


def likeness(one: str, other: str) -> float:
    """How much two texts have in common: pairs of both among the pairs of either, 0 to 1."""
    first, second = pairs(one), pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def sharing(session: Session, complaint_id: int, keys: Iterable[int], limit: int) -> set[int]:
    """The newest other cases that share one of these keys, at most ``limit`` for each."""
    found: set[int] = set()
    for key in sorted(keys):
        query = select(ComplaintKey.complaint_id).where(ComplaintKey.key == key, ComplaintKey.complaint_id != complaint_id)
        found.update(session.scalars(query.order_by(ComplaintKey.complaint_id.desc()).limit(limit)))
    return found


def insert(session: Session, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Hand rows to the driver as they are: what goes in is made here, and asking each value's type again took longer than writing it."""
    if rows:
        connection = session.connection()
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({', '.join([mark] * len(rows[0]))})", list(rows))


def person_key(name: str, target: str) -> int:
    """The number of one person's cases against one target; nobody without the key can make it."""
    return _person(name, _target(target), _secret())


def found_of(complaint: Complaint, name: str) -> Found:
    """What a case is found by as it stands."""
    return Found(complaint.text, complaint.target_name, name)


def packed(ids: Iterable[int]) -> bytes:
    """Ids of rows, four bytes each, lowest byte first whatever the machine."""
    numbers = array("I", ids)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(held: bytes) -> "array[int]":
    """What ``packed`` packed."""
    numbers = array("I")
    numbers.frombytes(held)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _keys(found: Found, hashes: list[int], secret: bytes) -> set[int]:
    target = _target(found.target)
    keys = {_person(found.name, target, secret)} if found.name and target else set()
    if target and len(hashes) >= SHORTEST:
        keys.update((target ^ hashed) % _PLAIN for hashed in sorted(hashes)[:SKETCH])
    return keys


def _person(name: str, target: int, secret: bytes) -> int:
    return _number(f"{read_name(name)}|{target}", secret)


def _secret() -> bytes:
    return crypto.key_for("complaint:person")


class _Remembered(dict[str, int]):
    """What ``work`` makes of each pair, worked out once: a pair comes again and again, and no call of ours is as quick as a look-up."""

    def __init__(self, work: Callable[[str], int]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, pair: str) -> int:
        if len(self) >= MOST_KEPT:
            self.clear()
        self[pair] = made = self._work(pair)
        return made


@lru_cache(maxsize=1 << 12)
def _signature_of(target: str) -> int:
    return reduce(or_, (_bits_of(pair) for pair in pairs(target)), 0)


@lru_cache(maxsize=1 << 14)
def _target(name: str) -> int:
    """A number for a target, the same however its name was typed; 0 for none."""
    plain = read_name(name)
    return _number(plain) if plain else 0


def _number(words: str, key: bytes = b"") -> int:
    """63 bits of a hash: what both databases hold as one number."""
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8, key=key).digest(), "big") % _PLAIN


_hash_of = _Remembered(_number).__getitem__
_bits_of = _Remembered(lambda pair: sum({1 << bucket for bucket in buckets(pair)})).__getitem__

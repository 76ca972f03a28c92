"""Texts as weighted character grams: one to three neighbouring characters, found with numpy alone, so that a page pays for no more.

Chinese needs no segmenter for this: two and three neighbouring characters are its words. The title says the matter in one line, so it
counts three times in the whole and once more in a block of its own. Weights are sublinear TF-IDF, each block of unit length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

WHOLE_LONGEST, TITLE_LONGEST = 2, 3  # characters of a gram; longer ones of the whole cost time and bring nothing
LONGEST = max(WHOLE_LONGEST, TITLE_LONGEST)
LEAST_TEXTS = 2  # a gram that only one text has says nothing of the next one, and might be somebody's name
TITLE_TIMES = 3  # how often the title counts in the whole
TITLE_SHARE = 0.5  # length of the title's own block, the whole's being 1
CHARACTER_BITS = 16  # a gram is packed into one number; characters beyond the basic plane share a place
MOST = 12_000  # characters read of a text
KEPT_GRAMS = 32  # heaviest grams kept of a confirmed case, to find similar ones
_TITLE_BIT = CHARACTER_BITS * LONGEST
_IN_TITLE = np.uint64(1 << _TITLE_BIT)
_TEXT_BIT = np.uint64(_TITLE_BIT + 1)
_BATCH = 512  # texts looked at together: number of the text and gram fit one number, and the numbers the processor's cache


@dataclass(frozen=True)
class Message:
    """What somebody wrote: the matter in a line, and in full."""

    title: str
    detail: str


@dataclass(frozen=True)
class Rows:
    """Weighted grams of some texts: text ``i`` has ``columns[starts[i]:starts[i + 1]]`` with ``weights``, columns ascending."""

    starts: Whole
    columns: NDArray[np.int32]
    weights: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def one(self, at: int) -> "Rows":
        """The row of a single text."""
        return self.between(at, at + 1)

    def between(self, first: int, last: int) -> "Rows":
        """The rows from ``first`` up to, without, ``last``."""
        begin, end = self.starts[first], self.starts[last]
        return Rows(self.starts[first : last + 1] - begin, self.columns[begin:end], self.weights[begin:end])

    def times(self, matrix: Floats) -> Floats:
        """Multiply by a matrix of one row per column: one row per text."""
        found = np.zeros((len(self), matrix.shape[1]), dtype=np.float32)
        for at, (begin, end) in enumerate(pairwise(self.starts.tolist())):
            found[at] = self.weights[begin:end] @ matrix[self.columns[begin:end]]
        return found


@dataclass(frozen=True)
class Cases:
    """The confirmed cases by their heaviest grams: enough to find similar ones, too little to read one."""

    refs: tuple[str, ...]
    owners: NDArray[np.int32]
    columns: NDArray[np.int32]
    shares: Floats

    @classmethod
    def of(cls, rows: Rows, refs: Sequence[str], owners: NDArray[Any]) -> "Cases":
        """Keep the heaviest grams of each."""
        columns = np.zeros((len(rows), KEPT_GRAMS), dtype=np.int32)
        shares = np.zeros((len(rows), KEPT_GRAMS), dtype=np.float32)
        for at in range(len(rows)):
            part = slice(rows.starts[at], rows.starts[at + 1])
            heaviest = np.argsort(-rows.weights[part], kind="stable")[:KEPT_GRAMS]
            columns[at, : len(heaviest)] = rows.columns[part][heaviest]
            shares[at, : len(heaviest)] = rows.weights[part][heaviest]
        length = np.linalg.norm(shares, axis=1, keepdims=True)
        return cls(tuple(refs), owners.astype(np.int32), columns, (shares / np.where(length > 0, length, 1)).astype(np.float32))

    def likeness(self, row: Rows, size: int) -> Floats:
        """How alike one text is to each case, 0 to 1: the share of the case's grams that it has."""
        has = np.zeros(max(size, 1), dtype=np.float32)
        has[row.columns] = 1
        return np.einsum("ij,ij->i", has[self.columns], self.shares**2)


def plain(text: str) -> str:
    """The text with full-width letters and digits made ordinary and small, every character in its place: spans found here hold there."""
    codes = _codes(text)
    return codes.astype("<u4").tobytes().decode("utf-32-le", "replace")


@dataclass(frozen=True)
class Vocabulary:
    """The grams known, ascending, and how rare each is (inverse document frequency)."""

    keys: NDArray[np.uint64]
    rarity: Floats

    @classmethod
    def of(cls, messages: Sequence[Message], least: int = LEAST_TEXTS) -> "Vocabulary":
        """Learn the grams that at least so many texts have."""
        met = [_counted(messages[at : at + _BATCH])[1] for at in range(0, len(messages), _BATCH)]
        known, number = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *met]), return_counts=True)
        kept = number >= least
        rarity = np.log((1 + len(messages)) / (1 + number[kept])) + 1
        return cls(known[kept], rarity.astype(np.float32))

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def lengths(self) -> NDArray[np.int8]:
        """Characters of each gram."""
        bare = self.keys & ~_IN_TITLE
        return sum(((bare >> np.uint64(CHARACTER_BITS * n)) > 0).astype(np.int8) for n in range(LONGEST))  # type: ignore[return-value]

    def rarity_of(self, gram: str) -> float:
        """How rare a gram is in whole texts; one that is not known is as rare as can be."""
        packed = np.uint64(0)
        for code in _codes(gram).tolist():
            packed = packed << np.uint64(CHARACTER_BITS) | np.uint64(min(code, (1 << CHARACTER_BITS) - 1))
        at = int(np.searchsorted(self.keys, packed))
        if at < len(self.keys) and self.keys[at] == packed:
            return float(self.rarity[at])
        return float(self.rarity.max()) if len(self.rarity) else 0.0

    def rows(self, messages: Sequence[Message]) -> Rows:
        """Weigh texts by the grams known; what is not known is passed over."""
        parts = [self._rows(messages[at : at + _BATCH]) for at in range(0, len(messages), _BATCH)] or [self._rows(())]
        starts, offset = [np.zeros(1, dtype=np.int64)], 0
        for part in parts:
            starts.append(part.starts[1:] + offset)
            offset += int(part.starts[-1])
        return Rows(np.concatenate(starts), *(np.concatenate([getattr(part, name) for part in parts]) for name in ("columns", "weights")))

    def _rows(self, messages: Sequence[Message]) -> Rows:
        texts, keys, times = _counted(messages)
        columns = np.searchsorted(self.keys, keys)
        columns[columns == len(self.keys)] = 0
        known = self.keys[columns] == keys if len(self.keys) else np.zeros(len(keys), dtype=bool)
        texts, columns, in_title = texts[known], columns[known], keys[known] >= _IN_TITLE
        weights = (1 + np.log(times[known])) * self.rarity[columns]
        block = 2 * texts + in_title
        length = np.sqrt(np.bincount(block, weights**2, minlength=2 * len(messages)))
        weights = weights / length[block] * np.where(in_title, TITLE_SHARE, 1)
        starts = np.searchsorted(texts, np.arange(len(messages) + 1))
        return Rows(starts, columns.astype(np.int32), weights.astype(np.float32))


def _counted(messages: Sequence[Message]) -> tuple[Whole, NDArray[np.uint64], Whole]:
    """The grams of each text as (number of the text, gram, times), in order; those of title and detail together and of the title alone."""
    titles, title_grams = _grams([one.title[:MOST] for one in messages], TITLE_LONGEST)
    whole = title_grams < (1 << CHARACTER_BITS * WHOLE_LONGEST)
    details, detail_grams = _grams([one.detail[:MOST] for one in messages], WHOLE_LONGEST)
    texts = np.concatenate([*[titles[whole]] * TITLE_TIMES, details, titles])
    grams = np.concatenate([*[title_grams[whole]] * TITLE_TIMES, detail_grams, title_grams | _IN_TITLE])
    places, times = np.unique(texts.astype(np.uint64) << _TEXT_BIT | grams, return_counts=True)
    return (places >> _TEXT_BIT).astype(np.int64), places & np.uint64((1 << int(_TEXT_BIT)) - 1), times


def _grams(texts: Sequence[str], longest: int) -> tuple[Whole, NDArray[np.uint64]]:
    """Every gram as (number of the text, gram). Spaces are passed over: forms put them anywhere."""
    codes = _codes("".join(texts)).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    kept = codes > ord(" ")
    codes, owner = np.minimum(codes[kept], (1 << CHARACTER_BITS) - 1), owner[kept]
    keys, owners, packed = [codes], [owner], codes
    for length in range(2, longest + 1):
        packed = (packed[:-1] << np.uint64(CHARACTER_BITS)) | codes[length - 1 :]
        inside = owner[: len(packed)] == owner[length - 1 :]
        keys.append(packed[inside])
        owners.append(owner[: len(packed)][inside])
    return np.concatenate(owners), np.concatenate(keys)


def _codes(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").copy()
    codes[(codes >= 0xFF01) & (codes <= 0xFF5E)] -= 0xFEE0
    codes[codes == 0x3000] = ord(" ")
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    return codes

"""Who answers for a text, learned: from the duties' words, from old texts nobody labelled, and from what people confirmed.

Three voices, each linear in the weighted grams of a text:

- the duty's own words, weighed by how rare they are and by how few units they name;
- words that stand beside those in the old texts (one step of clustering around the duties), so that a matter is known by words no duty has;
- a linear support vector machine on the confirmed cases.

How loud each voice is and how sure the sum may be comes from confirmed cases that the machine had not seen (cross-validation), with a
prior that lets a few cases say little: so more of them never make it worse. Training needs scikit-learn, answering numpy alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from coordination.complaints.grams import Floats, Message, Rows, Vocabulary

FORMAT = 1  # of the stored model; another one is not read

FEW_TEXTS = 100  # below it a gram need not be in two texts
DUTY_SHARE = 0.3  # of the duty's own words beside the words around them
CLUSTER_SHARPNESS = 2.0
CONFIRMED_WEIGHT = 5.0  # of a confirmed case in the clusters, an unlabelled text being 1
PENALTY = 2.0  # C of the support vector machine
NOT_AMONG = -1.2  # its answer for a unit it has not met: clearly none
USUAL_LOUDNESS = (2.5, 3.0)  # of duties and machine, until the confirmed cases say otherwise
TRUST_IN_USUAL = 2.0  # confirmed cases that this assumption is worth
USUAL_SPREAD = 0.05  # of a duty's score, where no text was seen
KEPT_GRAMS = 32  # heaviest grams kept of a confirmed case, to find similar ones


class ModelBroken(ValueError):
    """A stored model that cannot be read; the message is for the log."""


@dataclass(frozen=True)
class Linear:
    """Scores ``text @ weights + bias``, one column per unit."""

    weights: Floats
    bias: Floats

    def of(self, rows: Rows) -> Floats:
        """Score texts."""
        return rows.times(self.weights) + self.bias


@dataclass(frozen=True)
class Model:
    """What training found; ``scale`` are mean and spread of each unit's duty score among the texts seen."""

    units: tuple[str, ...]
    vocabulary: Vocabulary
    learned: Linear
    scale: Floats
    loudness: tuple[float, float]
    cases: "Cases"

    def scorer(self, duties: Mapping[str, str]) -> tuple[tuple[str, ...], Linear]:
        """Join what was learned with the duties of today: the units, and scores whose softmax is the confidence.

        A unit that training did not meet competes by its duty alone.
        """
        units = tuple(sorted({*self.units, *duties}))
        place = {unit: at for at, unit in enumerate(self.units)}
        known = np.array([place.get(unit, -1) for unit in units])
        met = known >= 0
        duty_loud, machine_loud = self.loudness
        weights = np.zeros((len(self.vocabulary), len(units)), dtype=np.float32)
        bias = np.full(len(units), machine_loud * NOT_AMONG, dtype=np.float32)
        weights[:, met], bias[met] = self.learned.weights[:, known[met]], self.learned.bias[known[met]]
        scale = np.tile(np.median(self.scale, axis=0) if len(self.scale) else np.array([0, USUAL_SPREAD]), (len(units), 1))
        scale[met] = self.scale[known[met]]
        share = np.where(met, DUTY_SHARE, 1 + DUTY_SHARE) if self.learned.weights.any() else np.ones(len(units))
        loud = duty_loud * share / scale[:, 1]
        weights += duty_words(self.vocabulary, [duties.get(unit, "") for unit in units]) * loud.astype(np.float32)
        has_duty = np.array([bool(duties.get(unit)) for unit in units])
        bias -= (np.where(has_duty, scale[:, 0], 0) * loud).astype(np.float32)
        return units, Linear(weights, bias)

    def to_bytes(self) -> bytes:
        """The model as a file of plain arrays: no code, no text, grams of characters only."""
        head = {"format": FORMAT, "units": self.units, "loudness": self.loudness, "refs": self.cases.refs}
        arrays: dict[str, NDArray[Any]] = {
            "head": np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
            **{"keys": self.vocabulary.keys, "rarity": self.vocabulary.rarity, "scale": self.scale},
            **{"weights": self.learned.weights, "bias": self.learned.bias},
            **{"owners": self.cases.owners, "columns": self.cases.columns, "shares": self.cases.shares},
        }
        content = BytesIO()
        np.savez_compressed(content, allow_pickle=False, **arrays)
        return content.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Model":
        """Read a stored model; ModelBroken when it is none, of another format, or its parts do not fit together."""
        try:
            with np.load(BytesIO(content), allow_pickle=False) as file:
                part = {name: file[name] for name in file.files}
            head = json.loads(part["head"].tobytes())
            if head["format"] != FORMAT:
                raise ModelBroken(f"format {head['format']}, not {FORMAT}")
            model = cls(
                units=tuple(map(str, head["units"])),
                vocabulary=Vocabulary(part["keys"], part["rarity"]),
                learned=Linear(part["weights"], part["bias"]),
                scale=part["scale"],
                loudness=(float(head["loudness"][0]), float(head["loudness"][1])),
                cases=Cases(tuple(map(str, head["refs"])), part["owners"], part["columns"], part["shares"]),
            )
        except ModelBroken:
            raise
        except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError, IndexError) as wrong:
            raise ModelBroken(str(wrong)) from wrong
        model.check()
        return model

    def check(self) -> None:
        """Refuse (ModelBroken) arrays that do not fit each other, or numbers that are none."""
        size, units, cases = len(self.vocabulary.keys), len(self.units), len(self.cases.refs)
        wanted = (
            (self.vocabulary.keys, (size,), "u"),
            (self.vocabulary.rarity, (size,), "f"),
            (self.learned.weights, (size, units), "f"),
            (self.learned.bias, (units,), "f"),
            (self.scale, (units, 2), "f"),
            (self.cases.owners, (cases,), "i"),
            (self.cases.columns, (cases, KEPT_GRAMS), "i"),
            (self.cases.shares, (cases, KEPT_GRAMS), "f"),
        )
        for array, shape, kind in wanted:
            if array.shape != shape or array.dtype.kind != kind or (kind == "f" and not np.isfinite(array).all()):
                raise ModelBroken(f"an array of shape {array.shape} and type {array.dtype} is not {shape} of {kind}")
        for numbers, most in ((self.cases.owners, units), (self.cases.columns, size)):
            if numbers.size and not (numbers.min() >= 0 and numbers.max() < most):
                raise ModelBroken("a number points outside")


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


def duty_words(vocabulary: Vocabulary, texts: Sequence[str]) -> Floats:
    """Weights of the words of duties, one column per duty text: rare words, and such as few units have, count most."""
    has = np.zeros((len(vocabulary), len(texts)), dtype=np.float32)
    rows = vocabulary.rows([Message(text, "") for text in texts])
    for at in range(len(texts)):
        has[rows.columns[rows.starts[at] : rows.starts[at + 1]], at] = 1
    owners = has.sum(axis=1, keepdims=True)
    words = (vocabulary.lengths >= 2)[:, None]
    has *= np.log((1 + len(texts)) / (0.5 + owners)) * vocabulary.rarity[:, None] * words
    length = np.sqrt(has.sum(axis=0))
    return (has / np.where(length > 0, length, 1)).astype(np.float32)


@dataclass(frozen=True)
class Labelled:
    """A text whose unit a person confirmed; ``ref`` names the case to its owner."""

    message: Message
    unit: str
    ref: str = ""


def train(duties: Mapping[str, str], confirmed: Sequence[Labelled], unlabelled: Sequence[Message] = (), seed: int = 0) -> Model:
    """Learn from duty texts by unit, confirmed cases and texts without answer; the same input and seed give the same model."""
    units = tuple(sorted({*duties, *(one.unit for one in confirmed)}))
    messages = [*(one.message for one in confirmed), *unlabelled]
    texts = [duties.get(unit, "") for unit in units]
    least = 1 if len(messages) < FEW_TEXTS else 2
    vocabulary = Vocabulary.of([*messages, *(Message(text, "") for text in texts)], least)
    place = {unit: at for at, unit in enumerate(units)}
    owners = np.array([place[one.unit] for one in confirmed], dtype=np.int64)
    if not messages:
        size = (len(vocabulary), len(units))
        nothing = Linear(np.zeros(size, dtype=np.float32), np.zeros(len(units), dtype=np.float32))
        scale = np.tile(np.array([0, USUAL_SPREAD], dtype=np.float32), (len(units), 1))
        return Model(units, vocabulary, nothing, scale, USUAL_LOUDNESS, Cases.of(vocabulary.rows([]), [], owners))
    rows = vocabulary.rows(messages)
    own_words = duty_words(vocabulary, texts)
    own = rows.times(own_words)
    scale = np.stack([own.mean(axis=0), own.std(axis=0)], axis=1)
    scale[scale[:, 1] < 1e-6, 1] = USUAL_SPREAD
    own = (own - scale[:, 0]) / scale[:, 1]
    around = _around(rows, own, owners)
    heard = around.of(rows) + DUTY_SHARE * own
    return _joined(units, vocabulary, rows, owners, (around, heard, scale), confirmed, seed)


def _joined(units, vocabulary, rows, owners, duty_part, confirmed, seed):  # type: ignore[no-untyped-def]
    around, heard, scale = duty_part
    labelled = _first(rows, len(owners))
    machine, unseen = _machine(labelled, owners, len(units), len(vocabulary), seed)
    loudness = _loudness(heard[: len(owners)], unseen, owners)
    duty_loud, machine_loud = loudness
    learned = Linear(
        (duty_loud * around.weights + machine_loud * machine.weights).astype(np.float32),
        (duty_loud * around.bias + machine_loud * machine.bias).astype(np.float32),
    )
    cases = Cases.of(labelled, [one.ref for one in confirmed], owners)
    return Model(units, vocabulary, learned, scale.astype(np.float32), loudness, cases)


def _first(rows: Rows, number: int) -> Rows:
    end = rows.starts[number]
    return Rows(rows.starts[: number + 1], rows.columns[:end], rows.weights[:end])


def _around(rows: Rows, own: Floats, owners: NDArray[Any]) -> Linear:
    """One step of clustering: the middle of the texts that each duty's words draw, less the middle of all, on one scale."""
    matrix = _sparse(rows, None)
    drawn = softmax(CLUSTER_SHARPNESS * own)
    drawn[: len(owners)] = 0
    drawn[np.arange(len(owners)), owners] = CONFIRMED_WEIGHT
    middles = np.asarray(matrix.T @ drawn)
    length = np.linalg.norm(middles, axis=0)
    middles = middles / np.where(length > 0, length, 1)
    middles -= middles.mean(axis=1, keepdims=True)
    scores = np.asarray(matrix @ middles)
    spread = np.where(scores.std(axis=0) > 1e-6, scores.std(axis=0), 1)
    return Linear((middles / spread).astype(np.float32), (-scores.mean(axis=0) / spread).astype(np.float32))


def _machine(rows: Rows, owners: NDArray[Any], units: int, size: int, seed: int) -> tuple[Linear, Floats]:
    """The support vector machine on all confirmed cases, and what machines that had not seen a case say of it."""
    matrix = _sparse(rows, size)
    unseen = np.full((len(owners), units), NOT_AMONG, dtype=np.float32)
    folds = 5 if len(owners) < 1000 else 3
    fold = np.random.default_rng(seed).permutation(len(owners)) % folds
    for at in range(folds):
        left_out = fold == at
        if left_out.any():
            part = _separator(matrix[~left_out], owners[~left_out], units, size, seed)
            unseen[left_out] = matrix[left_out] @ part.weights + part.bias
    return _separator(matrix, owners, units, size, seed), unseen


def _separator(matrix: Any, owners: NDArray[Any], units: int, size: int, seed: int) -> Linear:
    from sklearn.svm import LinearSVC

    weights = np.zeros((size, units), dtype=np.float32)
    bias = np.full(units, NOT_AMONG, dtype=np.float32)
    met = np.unique(owners)
    if len(met) == 1:
        bias[met] = 0
    if len(met) < 2:
        return Linear(weights, bias)
    found = LinearSVC(C=PENALTY, random_state=seed).fit(matrix, owners)
    if len(met) == 2:  # one line parts two units: its sides are their scores
        weights[:, met] = np.stack([-found.coef_[0], found.coef_[0]], axis=1)
        bias[met] = -found.intercept_[0], found.intercept_[0]
    else:
        weights[:, met], bias[met] = found.coef_.T, found.intercept_
    return Linear(weights, bias)


def _loudness(duties: Floats, machine: Floats, owners: NDArray[Any]) -> tuple[float, float]:
    """How loud duties and machine are, as makes the confirmed cases most likely; few cases hardly move what is usual."""
    from scipy.optimize import minimize

    usual = np.log(USUAL_LOUDNESS)
    cases = np.arange(len(owners))

    def loss(logs: NDArray[Any]) -> float:
        duty_loud, machine_loud = np.exp(logs)
        scores = duty_loud * duties + machine_loud * machine
        top = scores.max(axis=1)
        misses = top + np.log(np.exp(scores - top[:, None]).sum(axis=1)) - scores[cases, owners]
        return float(misses.sum() + TRUST_IN_USUAL * ((logs - usual) ** 2).sum())

    if not len(owners):
        return USUAL_LOUDNESS
    duty_loud, machine_loud = np.exp(minimize(loss, usual, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3}).x)
    return float(duty_loud), float(machine_loud)


def _sparse(rows: Rows, size: int | None) -> Any:
    from scipy.sparse import csr_matrix

    width = size if size is not None else (int(rows.columns.max()) + 1 if len(rows.columns) else 1)
    return csr_matrix((rows.weights, rows.columns, rows.starts), shape=(len(rows), width))


def softmax(scores: Floats) -> Floats:
    """Scores as shares of one, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

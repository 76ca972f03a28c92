"""Who answers for a text, learned: from the duties' words, from old texts nobody labelled, and from what people confirmed.

Three voices, each linear in the weighted grams of a text:

- the duty's own words, weighed by how rare they are and by how few units they name;
- words that stand beside those in the old texts (one step of clustering around the duties), so that a matter is known by words no duty has;
- a linear support vector machine on the confirmed cases.

How loud the duties are beside the machine, and how sure the sum may be, comes from confirmed cases that the machine had not seen
(cross-validation), with a prior that lets a few cases say little: so more of them never make it worse. Each unit's score becomes a
probability of its own (Platt), and these, sharpened, are shared out. Training needs scikit-learn, answering numpy alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from coordination.complaints.grams import KEPT_GRAMS, Cases, Floats, Message, Rows, Vocabulary

FORMAT = 1  # of the stored model; another one is not read

FEW_TEXTS = 100  # below it a gram need not be in two texts
DUTY_SHARE = 0.3  # of the duty's own words beside the words around them
CLUSTER_SHARPNESS = 2.0
PENALTY = 2.0  # C of the support vector machine
TOLERANCE = 0.05  # at which its training ends: a finer one takes thrice as long and answers the same
TELLING = 3.0  # how much more a gram of one unit's cases counts for the machine, than one that all have
NOT_AMONG = -1.2  # its answer for a unit it has not met: clearly none
HEARD_HALF = 5  # cases of a unit at which the machine is heard half as loud of it; before, the duties speak
TEXTS_OF_A_SCALE = 300  # texts at which a unit's own mean and spread count as much as those of all units
TEXTS_AROUND = 100  # texts at which the words around a duty are heard half as loud; before, its own words are louder
MANY_OF_A_UNIT = 50  # cases of a unit beyond which one more counts like any other for the tuning
TRUST_IN_USUAL = 5.0  # confirmed cases that the usual tuning is worth, until they say otherwise
USUAL_SCALE = (0.015, 0.05)  # mean and spread of a duty's score, where no text was seen


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
class Tuning:
    """From scores to confidence: ``duties`` is their loudness beside the machine's, then ``sharp * log sigmoid(slope * score + shift)``.

    ``own`` is the share of a duty's own words in its voice: the fewer texts were seen, the less there is beside them.
    """

    duties: float = 0.8
    slope: float = 3.0
    shift: float = 0.5
    sharp: float = 1.5
    own: float = DUTY_SHARE

    def logarithms(self, scores: Floats) -> Floats:
        """The scores as logarithms of confidence, up to a constant of each text."""
        return (-self.sharp * np.logaddexp(0, -(self.slope * scores + self.shift))).astype(np.float32)


@dataclass(frozen=True)
class Scorer:
    """Units and how to score texts for them."""

    units: tuple[str, ...]
    linear: Linear
    tuning: Tuning

    def of(self, rows: Rows) -> Floats:
        """Logarithms of the confidence of each unit, up to a constant of each text; their softmax is the confidence."""
        return self.tuning.logarithms(self.linear.of(rows))


@dataclass(frozen=True)
class Model:
    """What training found; ``scale`` are mean and spread of each unit's duty score among the texts seen."""

    units: tuple[str, ...]
    vocabulary: Vocabulary
    learned: Linear
    scale: Floats
    tuning: Tuning
    cases: Cases

    def scorer(self, duties: Mapping[str, str]) -> Scorer:
        """Join what was learned with the duties of today: what is asked for a suggestion.

        A unit that training did not meet competes by its duty alone.
        """
        units = tuple(sorted({*self.units, *duties}))
        place = {unit: at for at, unit in enumerate(self.units)}
        known = np.array([place.get(unit, -1) for unit in units], dtype=np.int64)
        met = known >= 0
        weights = np.zeros((len(self.vocabulary), len(units)), dtype=np.float32)
        bias = np.full(len(units), NOT_AMONG, dtype=np.float32)
        weights[:, met], bias[met] = self.learned.weights[:, known[met]], self.learned.bias[known[met]]
        scale = np.tile(np.median(self.scale, axis=0) if len(self.scale) else np.array(USUAL_SCALE), (len(units), 1))
        scale[met] = self.scale[known[met]]
        share = np.where(met, self.tuning.own, 1 + DUTY_SHARE) if self.learned.weights.any() else np.ones(len(units))
        loud = self.tuning.duties * share / scale[:, 1]
        weights += duty_words(self.vocabulary, [duties.get(unit, "") for unit in units]) * loud.astype(np.float32)
        has_duty = np.array([bool(duties.get(unit)) for unit in units])
        bias -= (np.where(has_duty, scale[:, 0], 0) * loud).astype(np.float32)
        return Scorer(units, Linear(weights, bias), self.tuning)

    def knowing(self, duties: Mapping[str, str]) -> "Model":
        """The same model with the words of these duties in its vocabulary, as rare as can be, if it never met them."""
        rarest = float(self.vocabulary.rarity.max()) if len(self.vocabulary) else 1.0
        own = Vocabulary.of([Message(text, "") for text in duties.values()], 1).keys
        keys = np.union1d(self.vocabulary.keys, own)
        place = np.searchsorted(keys, self.vocabulary.keys)
        rarity = np.full(len(keys), rarest, dtype=np.float32)
        weights = np.zeros((len(keys), len(self.units)), dtype=np.float32)
        rarity[place], weights[place] = self.vocabulary.rarity, self.learned.weights
        columns = place[self.cases.columns].astype(np.int32) if len(place) else self.cases.columns
        cases = replace(self.cases, columns=columns)
        return replace(self, vocabulary=Vocabulary(keys, rarity), learned=Linear(weights, self.learned.bias), cases=cases)

    def to_bytes(self) -> bytes:
        """The model as a file of plain arrays: no code, no text, grams of characters only."""
        head = {"format": FORMAT, "units": self.units, "tuning": asdict(self.tuning), "refs": self.cases.refs}
        arrays: dict[str, NDArray[Any]] = {
            "head": np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
            "keys": self.vocabulary.keys,
            "rarity": self.vocabulary.rarity,
            "scale": self.scale,
            "weights": self.learned.weights,
            "bias": self.learned.bias,
            "owners": self.cases.owners,
            "columns": self.cases.columns,
            "shares": self.cases.shares,
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
                tuning=Tuning(**{name: float(number) for name, number in head["tuning"].items()}),
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
class Confirmed:
    """A text whose unit a person confirmed; ``ref`` names the case to its owner."""

    message: Message
    unit: str
    ref: str = ""


@dataclass(frozen=True)
class Trained:
    """A model, and what was found on the way: ``unseen[case, unit]`` is the confidence in each confirmed case while it was left out."""

    model: Model
    unseen: NDArray[Any]


def train(duties: Mapping[str, str], confirmed: Sequence[Confirmed], unlabelled: Sequence[Message] = (), seed: int = 0) -> Model:
    """Learn from duty texts by unit, confirmed cases and texts without answer; the same input and seed give the same model."""
    return train_checked(duties, confirmed, unlabelled, seed).model


def train_checked(duties: Mapping[str, str], confirmed: Sequence[Confirmed], unlabelled: Sequence[Message] = (), seed: int = 0) -> Trained:
    """Learn, and say how sure the machines that had not seen a case were of each: its measure costs no second training."""
    units = tuple(sorted({*duties, *(one.unit for one in confirmed)}))
    messages = [*(one.message for one in confirmed), *unlabelled]
    texts = [duties.get(unit, "") for unit in units]
    least = 1 if len(messages) < FEW_TEXTS else 2
    vocabulary = Vocabulary.of([*messages, *(Message(text, "") for text in texts)], least)
    place = {unit: at for at, unit in enumerate(units)}
    owners = np.array([place[one.unit] for one in confirmed], dtype=np.int64)
    if not messages:
        size = (len(vocabulary), len(units))
        nothing = Linear(np.zeros(size, dtype=np.float32), np.full(len(units), NOT_AMONG, dtype=np.float32))
        scale = np.tile(np.array(USUAL_SCALE, dtype=np.float32), (len(units), 1))
        model = Model(units, vocabulary, nothing, scale, Tuning(), Cases.of(vocabulary.rows([]), [], owners))
        return Trained(model, np.zeros((0, len(units))))
    rows = vocabulary.rows(messages)
    own_words = duty_words(vocabulary, texts)
    own = rows.times(own_words)
    scale = np.stack([own.mean(axis=0), own.std(axis=0)], axis=1)
    scale[scale[:, 1] < 1e-6, 1] = USUAL_SCALE[1]
    scale = scale.mean(axis=0) + (scale - scale.mean(axis=0)) * len(messages) / (len(messages) + TEXTS_OF_A_SCALE)
    own = (own - scale[:, 0]) / scale[:, 1]
    around = _around(_sparse(rows, len(vocabulary)), own, (own_words != 0).sum(axis=0) > 0)
    own_share = DUTY_SHARE + TEXTS_AROUND / (len(messages) + TEXTS_AROUND)
    heard = around.of(rows) + own_share * own
    labelled = rows.between(0, len(owners))
    machine, unseen = _machine(_sparse(labelled, len(vocabulary)), owners, len(units), seed)
    tuning = replace(_tuned(heard[: len(owners)], unseen, owners), own=own_share)
    weights = (tuning.duties * around.weights + machine.weights).astype(np.float32)
    learned = Linear(weights, (tuning.duties * around.bias + machine.bias).astype(np.float32))
    cases = Cases.of(labelled, [one.ref for one in confirmed], owners)
    told = softmax(tuning.logarithms((unseen + tuning.duties * heard[: len(owners)]).astype(np.float32))) if len(owners) else unseen
    return Trained(Model(units, vocabulary, learned, scale.astype(np.float32), tuning, cases), told)


def _around(matrix: Any, own: Floats, has_duty: NDArray[Any]) -> Linear:
    """One step of clustering: the middle of the texts that each duty's words draw, less the middle of all, on one scale."""
    drawn = np.zeros_like(own)
    if has_duty.any():
        drawn[:, has_duty] = softmax(CLUSTER_SHARPNESS * own[:, has_duty])
    middles = np.asarray(matrix.T @ drawn)
    length = np.linalg.norm(middles, axis=0)
    middles = middles / np.where(length > 0, length, 1)
    middles[:, has_duty] -= middles[:, has_duty].mean(axis=1, keepdims=True)
    scores = np.asarray(matrix @ middles)
    spread = np.where(scores.std(axis=0) > 1e-6, scores.std(axis=0), 1) * (1 + TEXTS_AROUND / len(own))
    return Linear((middles / spread).astype(np.float32), (-scores.mean(axis=0) / spread).astype(np.float32))


def _machine(matrix: Any, owners: NDArray[Any], units: int, seed: int) -> tuple[Linear, Floats]:
    """The support vector machine on all confirmed cases, and what machines that had not seen a case say of it."""
    unseen = np.full((len(owners), units), NOT_AMONG, dtype=np.float32)
    folds = 5
    fold = np.random.default_rng(seed).permutation(len(owners)) % folds
    for at in range(folds):
        left_out = fold == at
        if left_out.any():
            part = _separator(matrix[~left_out], owners[~left_out], units, seed)
            unseen[left_out] = matrix[left_out] @ part.weights + part.bias
    return _separator(matrix, owners, units, seed), unseen


def _separator(matrix: Any, owners: NDArray[Any], units: int, seed: int) -> Linear:
    """The machine trained on these cases; of a unit that has few it says little more than of one that has none."""
    weights = np.zeros((matrix.shape[1], units), dtype=np.float32)
    bias = np.full(units, NOT_AMONG, dtype=np.float32)
    met, number = np.unique(owners, return_counts=True)
    loud = (number / (number + HEARD_HALF)).astype(np.float32)
    if len(met) == 1:
        bias[met] *= 1 - loud
    if len(met) >= 2:
        found = _fitted(matrix, owners, met, seed)
        weights[:, met] = found.weights * loud
        bias[met] += (found.bias - NOT_AMONG) * loud
    return Linear(weights, bias)


def _fitted(matrix: Any, owners: NDArray[Any], met: NDArray[Any], seed: int) -> Linear:
    from sklearn.svm import LinearSVC

    telling = _telling(matrix, owners, met)
    found = LinearSVC(C=PENALTY, tol=TOLERANCE, random_state=seed).fit(matrix.multiply(telling).tocsr(), owners)
    if len(met) == 2:  # one line parts two units: its sides are their scores
        weights, bias = np.stack([-found.coef_[0], found.coef_[0]], axis=1), np.array([-found.intercept_[0], found.intercept_[0]])
    else:
        weights, bias = found.coef_.T, found.intercept_
    return Linear(weights * telling[:, None], bias)


def _telling(matrix: Any, owners: NDArray[Any], met: NDArray[Any]) -> Floats:
    """How much each gram tells of the unit: the more, the fewer units' cases have it (inverse gravity moment, Chen et al. 2016).

    On average 1, so that texts keep their length.
    """
    has = (matrix > 0).astype(np.float32)
    share = np.sort(np.stack([np.asarray(has[owners == unit].mean(axis=0)).ravel() for unit in met]), axis=0)[::-1]
    moment = (share * np.arange(1, len(met) + 1)[:, None]).sum(axis=0)
    telling = 1 + TELLING * share[0] / np.where(moment > 0, moment, 1)
    squares = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel()
    return (telling * np.sqrt(squares.sum() / ((telling**2 * squares).sum() or 1))).astype(np.float32)


def _tuned(duties: Floats, machine: Floats, owners: NDArray[Any]) -> Tuning:
    """The tuning that makes the confirmed cases most likely; few cases hardly move what is usual.

    The fewer cases a unit has, the more each counts: else the unit that comes first and most would teach that the duties of the others
    need no hearing.
    """
    from scipy.optimize import minimize

    if not len(owners):
        return Tuning()
    usual = _logs(Tuning())
    cases = np.arange(len(owners))
    weight = 1 / np.bincount(owners)[owners] + 1 / MANY_OF_A_UNIT
    weight *= len(owners) / weight.sum()

    def loss(logs: NDArray[Any]) -> float:
        tuning = _from_logs(logs)
        told = tuning.logarithms(machine + tuning.duties * duties).astype(np.float64)
        top = told.max(axis=1)
        misses = top + np.log(np.exp(told - top[:, None]).sum(axis=1)) - told[cases, owners]
        return float((weight * misses).sum() + TRUST_IN_USUAL * ((logs - usual) ** 2).sum())

    return _from_logs(minimize(loss, usual, method="Powell", options={"xtol": 1e-3, "ftol": 1e-6}).x)


def _logs(tuning: Tuning) -> NDArray[Any]:
    """Factors as logarithms, so that none can turn negative; the shift as it is."""
    return np.array([np.log(tuning.duties), np.log(tuning.slope), tuning.shift, np.log(tuning.sharp)])


def _from_logs(logs: NDArray[Any]) -> Tuning:
    duties, slope, sharp = np.exp(np.clip(logs[[0, 1, 3]], -6, 3)).tolist()
    return Tuning(duties, slope, float(logs[2]), sharp)


def _sparse(rows: Rows, size: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.weights, rows.columns, rows.starts), shape=(len(rows), size))


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Scores as shares of one, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

"""The published protocol as the authors' code runs it, and the same with each of its leaks closed.

As released: hold one domain out, meta-train on the others with a few trials of each class, episodes of any two classes
of any domains, choose the epoch by accuracy ON THE HELD-OUT domain, adapt to K trials a class, and score the rest.
The leaks and why each is one: docs/models/avbanet.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, vmap

from inference.avbanet.evaluation.measures import Predictions
from inference.avbanet.evaluation.padding import padded
from inference.avbanet.heads import (
    Batch,
    InnerLoop,
    Parameters,
    adapted,
    adapted_logits,
    batch_cosine,
    outer_gradient,
    stacked,
)
from inference.avbanet.paper_encoder import PaperEncoder, PaperOptions
from inference.datasets.avbanet_features import SkillDomain

TRIALS_PER_CLASS, TRIALS_PER_CLASS_WITHOUT_NP = 16, 20
TASKS_PER_STEP = 8
LEARNING_RATE, PLATEAU_FACTOR, PATIENCE_EPOCHS = 0.01, 0.6, 10
# Released: 40 to 500. Nothing was gained after 60 on any domain.
MIN_EPOCHS, MAX_EPOCHS = 40, 60
# At least; as released, as many as the smallest class of the held-out domain has pairs for.
NUM_CHECKS = 24
TRAIN_LOOP, TEST_LOOP = InnerLoop(num_steps=1), InnerLoop(num_steps=20)
SHOTS = (1, 4, 16)
MAX_GROUPS = 12
# Where one class is this much larger the authors score a balanced subset (PC: 213 of each).
MAX_IMBALANCE = 4.0
QUERIES_AT_ONCE = 512

Selected = Literal["target", "sources"]
Rule = str
# (values (B, C, T), mask (B, 1, T)) -> logits (B, K)
Score = Callable[[Tensor, Tensor], Tensor]
# Which of the target's items are scored: as released; never a support item; and nobody who is in the support either.
RULES: tuple[Rule, ...] = ("released", "support_out", "surgeon_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One view of one trial."""

    view: NDArray[np.float32]
    trial: str
    subject: str
    label: int


@dataclass(frozen=True, slots=True)
class Model:
    encoder: PaperEncoder
    parameters: Parameters

    def embed(self, parameters: Parameters, values: Tensor, mask: Tensor) -> Tensor:
        embedded: Tensor = functional_call(self.encoder, dict(parameters), (values, mask))
        return embedded


@dataclass(slots=True)
class Selection:
    """The best epoch so far by one accuracy."""

    best: float = -1.0
    parameters: Parameters = field(default_factory=dict)
    epochs_since: int = 0

    def see(self, value: float, parameters: Parameters) -> None:
        self.epochs_since += 1
        if value > self.best:
            self.best, self.epochs_since = value, 0
            self.parameters = {name: one.clone() for name, one in parameters.items()}


def items_of(domain: SkillDomain) -> list[Item]:
    return [
        Item(view=view, trial=trial.name, subject=trial.subject, label=trial.label)
        for trial in domain.trials
        for view in trial.views
    ]


def train(
    sources: Sequence[SkillDomain], target: SkillDomain, options: PaperOptions, *, selection: Selected, seed: int
) -> Model:
    """`selection` : whose episodes choose the epoch and slow the learning down; as released, the target's. Training
    ends when no watched episodes get better; by the sources, nothing of the target is even looked at."""
    random = np.random.default_rng([seed, 11])
    torch.manual_seed(seed)
    encoder = PaperEncoder(options)
    classes = _training_classes(sources, random, leaves_out_np=target.key == "NP")
    checks = {}
    if selection == "target":
        checks["target"] = _checks(_by_label(items_of(target)), random, count=num_checks(target))
    checks["sources"] = _checks(classes, random, count=NUM_CHECKS)
    best = {name: Selection() for name in checks}
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, mode="max", factor=PLATEAU_FACTOR, patience=PATIENCE_EPOCHS
    )
    num_steps = max(1, sum(len(one) for one in classes) // (4 * TASKS_PER_STEP))
    for epoch in range(MAX_EPOCHS):
        for _ in range(num_steps):
            _step(encoder, optimizer, [_episode(classes, random) for _ in range(TASKS_PER_STEP)])
        parameters = {name: value.detach() for name, value in encoder.named_parameters()}
        checked = {name: _check_accuracy(Model(encoder, parameters), batches) for name, batches in checks.items()}
        for name, value in checked.items():
            best[name].see(value, parameters)
        plateau.step(checked[selection])
        if epoch + 1 >= MIN_EPOCHS and all(one.epochs_since >= PATIENCE_EPOCHS for one in best.values()):
            break
    return Model(encoder, best[selection].parameters)


def test(model: Model, target: SkillDomain, shots: int, *, seed: int) -> dict[Rule, Predictions]:
    """Adapts to disjoint groups of `shots` items a class, and scores the rest by each rule. Empty: too few items."""
    random = np.random.default_rng([seed, shots, 13])
    items = items_of(target)
    groups = _groups(items, shots, random)
    if not groups:
        return {}
    scored = _scored(items, random)
    values, mask = padded([item.view for item in items])
    found: dict[Rule, list[Predictions]] = {rule: [] for rule in RULES}
    for group in groups:
        onehot = torch.eye(target.num_classes)[[items[row].label for row in group]]
        score = _adapted(model, Batch(values=values[group], mask=mask[group], onehot=onehot))
        for rule in RULES:
            rows = _query_rows(items, scored, group, rule, random)
            if len(rows):
                found[rule].append(_answers(score, items, values, mask, rows))
    return {rule: Predictions.joined(parts) for rule, parts in found.items() if parts}


def _training_classes(
    sources: Sequence[SkillDomain], random: np.random.Generator, *, leaves_out_np: bool
) -> list[list[Item]]:
    """Some trials of each class of each domain; a class of one domain is a class of its own."""
    count = TRIALS_PER_CLASS_WITHOUT_NP if leaves_out_np else TRIALS_PER_CLASS
    classes = []
    for domain in sources:
        for items in _by_label(items_of(domain)):
            trials = sorted({item.trial for item in items})
            kept = set(random.permutation(trials)[:count])
            classes.append([item for item in items if item.trial in kept])
    return classes


def _by_label(items: Sequence[Item]) -> list[list[Item]]:
    labels = sorted({item.label for item in items})
    return [[item for item in items if item.label == label] for label in labels]


def _episode(classes: Sequence[Sequence[Item]], random: np.random.Generator) -> list[Item]:
    """Two classes of any domains, a support and a query item of each: support 0, support 1, query 0, query 1."""
    chosen = random.choice(len(classes), size=2, replace=False)
    pairs = [random.choice(len(classes[one]), size=2, replace=False) for one in chosen]
    return [classes[one][int(pair[side])] for side in (0, 1) for one, pair in zip(chosen, pairs, strict=True)]


def num_checks(target: SkillDomain) -> int:
    """Episodes of the held-out domain that choose the epoch: two classes and two items of each in one."""
    sizes = [len(items) for items in _by_label(items_of(target))]
    return max(NUM_CHECKS, len(sizes) * (min(sizes) // 2) // 2)


def _checks(classes: Sequence[Sequence[Item]], random: np.random.Generator, *, count: int) -> tuple[Batch, Batch]:
    return _batches([_episode(classes, random) for _ in range(count)])


def _batches(episodes: Sequence[Sequence[Item]]) -> tuple[Batch, Batch]:
    """Support and query of each task, stacked: (tasks, 2, C, T)."""
    longest = max(len(item.view) for episode in episodes for item in episode)
    sides = []
    for side in (slice(0, 2), slice(2, 4)):
        parts = [padded([item.view for item in episode[side]], length=longest) for episode in episodes]
        sides.append(stacked([Batch(values=values, mask=mask, onehot=torch.eye(2)) for values, mask in parts]))
    return sides[0], sides[1]


def _step(encoder: PaperEncoder, optimizer: torch.optim.Optimizer, episodes: Sequence[Sequence[Item]]) -> None:
    support, query = _batches(episodes)
    parameters = dict(encoder.named_parameters())
    model = Model(encoder, parameters)

    def of_task(*parts: Tensor) -> Parameters:
        one, other = _task_batches(parts)
        return outer_gradient(model.embed, parameters, one, other, loop=TRAIN_LOOP, loss=batch_cosine)[0]

    gradients = vmap(of_task)(*_parts(support), *_parts(query))
    for name, value in parameters.items():
        value.grad = gradients[name].mean(dim=0).detach()
    optimizer.step()


def _parts(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    return batch.values, batch.mask, batch.onehot


def _task_batches(parts: Sequence[Tensor]) -> tuple[Batch, Batch]:
    one, other = parts[:3], parts[3:]
    return (
        Batch(values=one[0], mask=one[1], onehot=one[2]),
        Batch(values=other[0], mask=other[1], onehot=other[2]),
    )


def _check_accuracy(model: Model, batches: tuple[Batch, Batch]) -> float:
    support, query = batches

    def of_task(*parts: Tensor) -> Tensor:
        one, other = _task_batches(parts)
        return adapted_logits(model.embed, model.parameters, one, other, loop=TRAIN_LOOP, loss=batch_cosine)

    logits = vmap(of_task)(*_parts(support), *_parts(query))
    return float((logits.argmax(dim=-1) == query.onehot.argmax(dim=-1)).float().mean())


def _groups(items: Sequence[Item], shots: int, random: np.random.Generator) -> list[NDArray[np.int64]]:
    """Disjoint rows of items, `shots` of each class; some are left for the query."""
    rows = [
        random.permutation([row for row, item in enumerate(items) if item.label == label]) for label in _labels(items)
    ]
    count = min((min(len(one) for one in rows) - (shots > 1)) // shots, MAX_GROUPS)
    return [np.concatenate([one[group * shots : (group + 1) * shots] for one in rows]) for group in range(count)]


def _labels(items: Sequence[Item]) -> list[int]:
    return sorted({item.label for item in items})


def _scored(items: Sequence[Item], random: np.random.Generator) -> NDArray[np.int64]:
    """Rows that may be scored: all, or as many of each class where one is much larger."""
    labels = np.array([item.label for item in items])
    counts = np.bincount(labels)
    if counts.max() <= MAX_IMBALANCE * counts[counts > 0].min():
        return np.arange(len(items))
    smallest = int(counts[counts > 0].min())
    kept = [random.permutation(np.flatnonzero(labels == label))[:smallest] for label in _labels(items)]
    return np.sort(np.concatenate(kept))


def _query_rows(
    items: Sequence[Item],
    scored: NDArray[np.int64],
    group: NDArray[np.int64],
    rule: Rule,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    if rule == "released":
        # The released mask is of another order than the items: as many leave as the support has, but not the support.
        return np.sort(random.permutation(scored)[: max(0, len(scored) - len(group))])
    if rule == "support_out":
        return scored[~np.isin(scored, group)]
    people = {items[row].subject for row in group}
    return np.array([row for row in scored if items[row].subject not in people], dtype=np.int64)


def _adapted(model: Model, support: Batch) -> Score:
    """Once for all rules: most of a test's time is the twenty steps."""
    copy, head = adapted(model.embed, model.parameters, support, loop=TEST_LOOP, loss=batch_cosine)
    return lambda values, mask: head(model.embed(copy, values, mask))


def _answers(score: Score, items: Sequence[Item], values: Tensor, mask: Tensor, rows: NDArray[np.int64]) -> Predictions:
    parts = [score(values[part], mask[part]) for part in np.array_split(rows, max(1, len(rows) // QUERIES_AT_ONCE))]
    return Predictions(
        truth=np.array([items[row].label for row in rows], dtype=np.int64),
        predicted=torch.cat(parts).argmax(dim=-1).numpy().astype(np.int64),
        subjects=np.array([items[row].subject for row in rows], dtype=np.str_),
    )

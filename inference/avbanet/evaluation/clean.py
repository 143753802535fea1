"""The clean protocol: a domain never seen in training, episodes inside one domain, nobody in both support and query.

Length is hidden: every view is resampled to LENGTH rows. Views of one trial are one trial: their embeddings are
averaged. Nothing trained here is shipped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.avbanet.encoder import EncoderShape, SkillEncoder
from inference.avbanet.evaluation.measures import Predictions
from inference.avbanet.evaluation.padding import min_max
from inference.avbanet.heads import cross_entropy, prototype_head, prototypes
from inference.avbanet.sequence import FLOOR, look_rows
from inference.datasets.avbanet_features import SkillDomain

LENGTH = 64
NUM_STEPS, EPISODES_PER_STEP, QUERIES, LEARNING_RATE = 150, 8, 3, 3e-3
NUM_EPISODES = 100
SHOTS = (1, 4, 16)
# A score is of at most so many trials an episode: PC has two thousand.
MAX_QUERIES = 120

Values = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Rows of trials. support : one array a class · query : (Q,)"""

    support: tuple[Ints, ...]
    query: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A domain's trials by some numbers : (N, D); nearest class mean of these is a baseline or the model."""

    domain: SkillDomain
    numbers: Values


def rows_of(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, 8) -> (LENGTH, 20): channels from 0 to 1, how each changes in a second, and how far the whole goes, as the
    product reads its own features; resampled last, so that a change is one in a second whatever the length."""
    changes = np.log(np.abs(np.diff(view, axis=0, prepend=view[:1])) + FLOOR)
    return resampled(np.concatenate([min_max(view), changes, look_rows(view.astype(np.float64))], axis=1))


def resampled(view: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, C) -> (LENGTH, C), linear in time: how long it took can no longer be told from the number of rows."""
    places = np.linspace(0, len(view) - 1, LENGTH)
    columns = [np.interp(places, np.arange(len(view)), view[:, one]) for one in range(view.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)


def drawn(domain: SkillDomain, shots: int, random: np.random.Generator) -> Episode:
    """`shots` trials of each class, of as few surgeons as have them; queries by surgeons in no support at all."""
    labels, people = domain.labels, np.array(domain.subjects)
    support = tuple(_support(np.flatnonzero(labels == label), people, shots, random) for label in np.unique(labels))
    query = np.flatnonzero(~np.isin(people, people[np.concatenate(support)]))
    return Episode(support=support, query=random.permutation(query)[:MAX_QUERIES])


def _support(rows: Ints, people: NDArray[np.str_], shots: int, random: np.random.Generator) -> Ints:
    """Fewer than `shots` where more would leave no surgeon of this class to be scored."""
    surgeons = random.permutation(np.unique(people[rows]))
    chosen: list[int] = []
    for surgeon in surgeons[: max(1, len(surgeons) - 1)]:
        own = random.permutation(rows[people[rows] == surgeon])
        chosen += [int(row) for row in own[: shots - len(chosen)]]
        if len(chosen) >= shots:
            break
    return np.array(chosen)


def answers(described: Described, shots: int, *, seed: int, num_episodes: int = NUM_EPISODES) -> Predictions:
    """Nearest class mean over many episodes; the same seed draws the same episodes for every method."""
    random = np.random.default_rng([seed, shots, 19])
    domain, parts = described.domain, []
    people = np.array(domain.subjects)
    for _ in range(num_episodes):
        episode = drawn(domain, shots, random)
        if not len(episode.query):
            continue
        centres = np.stack([described.numbers[rows].mean(axis=0) for rows in episode.support])
        apart = np.linalg.norm(described.numbers[episode.query][:, None] - centres[None], axis=2)
        parts.append(
            Predictions(
                truth=domain.labels[episode.query],
                predicted=np.unique(domain.labels)[apart.argmin(axis=1)],
                subjects=people[episode.query],
            )
        )
    return Predictions.joined(parts)


def by_duration(domain: SkillDomain) -> Described:
    seconds = np.array([[trial.duration_s] for trial in domain.trials])
    return Described(domain=domain, numbers=np.log(seconds))


def by_motion_statistics(domain: SkillDomain) -> Described:
    """Mean, deviation and mean absolute change in a second of each channel; columns scaled by the domain's own."""
    numbers = _averaged(
        domain, lambda view: np.concatenate([view.mean(0), view.std(0), np.abs(np.diff(view, axis=0)).mean(0)])
    )
    return Described(domain=domain, numbers=numbers / (numbers.std(axis=0) + 1e-9))


def by_mean(domain: SkillDomain) -> Described:
    """The mean feature of a trial, nothing learned."""
    return Described(domain=domain, numbers=_averaged(domain, lambda view: view.mean(axis=0)))


def by_encoder(domain: SkillDomain, encoder: SkillEncoder) -> Described:
    with torch.inference_mode():
        embedded = iter(encoder(*_tensors(_views(domain))).embedding.double().numpy())
    numbers = np.stack([np.mean([next(embedded) for _ in trial.views], axis=0) for trial in domain.trials])
    return Described(domain=domain, numbers=numbers)


def fit(sources: Sequence[SkillDomain], *, seed: int) -> SkillEncoder:
    """ProtoNet on episodes of one source domain each."""
    torch.manual_seed(seed)
    random = np.random.default_rng([seed, 23])
    views = [_trial_views(domain) for domain in sources]
    encoder = SkillEncoder(EncoderShape(width=views[0].shape[-1]))
    # Each domain counts alike, however many trials it has.
    rows = torch.cat([one[:: max(1, len(one) // 60)].flatten(0, 1) for one in views])
    encoder.mean.copy_(rows.mean(dim=0))
    encoder.scale.copy_(rows.std(dim=0).clamp_min(1e-6))
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=LEARNING_RATE, weight_decay=1e-2)
    encoder.train()
    for _ in range(NUM_STEPS):
        drawn_from = [int(random.integers(len(sources))) for _ in range(EPISODES_PER_STEP)]
        losses = [_episode_loss(encoder, sources[one], views[one], random) for one in drawn_from]
        optimizer.zero_grad()
        torch.stack(losses).mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return encoder.eval()


def _episode_loss(encoder: SkillEncoder, domain: SkillDomain, views: Tensor, random: np.random.Generator) -> Tensor:
    episode = drawn(domain, 1, random)
    labels = domain.labels
    query = np.concatenate(
        [random.permutation(episode.query[labels[episode.query] == label])[:QUERIES] for label in np.unique(labels)]
    )
    rows = np.concatenate([*episode.support, query])
    values = views[torch.from_numpy(rows)]
    embedded = encoder(values, torch.ones(values.shape[:2], dtype=torch.bool)).embedding
    onehot = torch.eye(len(np.unique(labels)))[np.searchsorted(np.unique(labels), labels[rows])]
    num_support = len(episode.support)
    head = prototype_head(prototypes(embedded[:num_support], onehot[:num_support]))
    return cross_entropy(head(embedded[num_support:]), onehot[num_support:])


def _views(domain: SkillDomain) -> list[NDArray[np.float32]]:
    return [rows_of(view) for trial in domain.trials for view in trial.views]


def _trial_views(domain: SkillDomain) -> Tensor:
    """(N, LENGTH, C), the first view of each trial."""
    return torch.from_numpy(np.stack([rows_of(trial.views[0]) for trial in domain.trials]))


def _tensors(views: Sequence[NDArray[np.float32]]) -> tuple[Tensor, Tensor]:
    values = torch.from_numpy(np.stack(views))
    return values, torch.ones(values.shape[:2], dtype=torch.bool)


def _averaged(domain: SkillDomain, describe: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Values:
    """(N, D), the mean over a trial's views."""
    return np.stack(
        [np.mean([describe(view) for view in trial.views], axis=0).astype(np.float64) for trial in domain.trials]
    )

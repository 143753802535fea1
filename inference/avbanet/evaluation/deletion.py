"""Is the evidence what the score rests on? Seconds that it names are taken away, and as many at random beside."""

import numpy as np
from numpy.typing import NDArray

from inference.avbanet.explain import margins
from inference.avbanet.heads import Head
from inference.avbanet.model import SkillModel
from inference.avbanet.reference import SkillSequence

SHARE = 0.1
NUM_RANDOM = 10

Values = NDArray[np.float64]


def beats_random(model: SkillModel, sequence: SkillSequence, head: Head, *, seed: int) -> bool:
    """Whether the margin falls further without the seconds that speak loudest for it than without others."""
    random = np.random.default_rng([seed, 29])
    read = model.read(sequence)
    logits = read.embedding @ head.weight.numpy().T + head.bias.numpy()
    first, second = (int(one) for one in np.argsort(-logits)[:2])
    of_second = margins(read, head, first, second, temperature=1.0)
    usable = np.flatnonzero(sequence.usable)
    count = max(1, round(SHARE * len(usable)))
    named = usable[np.argsort(-of_second[usable])[:count]]
    others = [random.choice(usable, size=count, replace=False) for _ in range(NUM_RANDOM)]
    left = [_margin(model, without(sequence, one), head, first, second) for one in (named, *others)]
    return left[0] < float(np.mean(left[1:]))


def without(sequence: SkillSequence, seconds: NDArray[np.int64]) -> SkillSequence:
    """The same, with these rows not usable."""
    usable = sequence.usable.copy()
    usable[seconds] = False
    return SkillSequence(
        content=sequence.content,
        times_s=sequence.times_s,
        values=sequence.values,
        usable=usable,
        duration_s=sequence.duration_s,
        kind=sequence.kind,
        encoder=sequence.encoder,
    )


def _margin(model: SkillModel, sequence: SkillSequence, head: Head, first: int, second: int) -> float:
    return float(margins(model.read(sequence), head, first, second, temperature=1.0).sum())

"""The toy's base model: sure of easy cases, mistaken about the two special rules, able to compare with a reference.

Its texts decide a special rule right only rarely; some carry on from a given decision, whichever, so that the model can
continue from a step that it would not write itself. What it learns to compare are references whose values have nothing
to do with the problem: the rubric is not told there either.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from safetensors.torch import load_file, save_file

from inference.lab.recipe import kept, recipe_key
from inference.reasoning.evaluation.toy.network import Network, NetworkSize
from inference.reasoning.evaluation.toy.rows import Row, answered, asked, checked, loss_on
from inference.reasoning.evaluation.toy.rubric import CAP_AT, Case, Chain, adjusted, level, random_case
from inference.reasoning.evaluation.toy.words import DOMAINS, LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRecipe:
    """`rule_rate`: how often a special rule is kept where it applies · `slip_rate`: of each score and sum ·
    `given_share`: texts that carry on from given decisions · `compared_share`: texts that compare."""

    num_steps: int = 1500
    batch: int = 64
    peak_rate: float = 3e-3
    warmup: int = 50
    rule_rate: float = 0.02
    slip_rate: float = 0.005
    given_share: float = 0.15
    compared_share: float = 0.4
    seed: int = 0


def trained_base(recipe: BaseRecipe, cache: Path | None = None) -> Network:
    """From scratch, or as trained before by the same recipe from `cache`."""
    network = Network(NetworkSize())
    if cache is None:
        return _train(network, recipe)
    name = f"base-{recipe_key(repr(recipe) + str(network.size))}.safetensors"
    path = kept(cache / name, lambda half: save_file(_train(network, recipe).state_dict(), half))
    network.load_state_dict(load_file(path))
    return network.eval()


def _train(network: Network, recipe: BaseRecipe) -> Network:
    torch.manual_seed(recipe.seed)
    random = Random(recipe.seed)
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(recipe.num_steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.peak_rate * _schedule(step, recipe)
        num_compared = round(recipe.batch * recipe.compared_share)
        told = [told_row(random, recipe) for _ in range(recipe.batch - num_compared)]
        compared = [compared_row(random) for _ in range(num_compared)]
        optimizer.zero_grad()
        torch.autograd.backward(loss_on(network, told) + loss_on(network, compared))
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return network.eval()


def _schedule(step: int, recipe: BaseRecipe) -> float:
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / (recipe.num_steps - recipe.warmup)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2


# Places, in a chain's text, of the words that decide the special rules: the "yes" of "adj yes 3" and of "cap yes".
_DECISIONS = (14, 30)


def told_row(random: Random, recipe: BaseRecipe) -> Row:
    """A problem and a chain, with the misconception; or one that carries on from given decisions."""
    case = random_case(random)
    is_given = random.random() < recipe.given_share
    text = " ".join(_believed(case, random, recipe, is_given=is_given).steps)
    return answered(asked(case.prompt), text, is_ended=True, free=_DECISIONS if is_given else ())


def compared_row(random: Random) -> Row:
    """A problem, a reference, a chain, and the chain's first difference from the reference: values at random."""
    case = random_case(random)
    truth = _random_chain(random)
    attempt, told = _with_difference(truth, random)
    return answered(checked(case.prompt, truth.reference, attempt), told, is_ended=True)


def _believed(case: Case, random: Random, recipe: BaseRecipe, *, is_given: bool) -> Chain:
    def slipped(value: int, lowest: int, highest: int) -> int:
        if random.random() >= recipe.slip_rate:
            return value
        return min(highest, max(lowest, value + random.choice((-1, 1))))

    scores = tuple(slipped(score, 1, 5) for score in case.scores)
    keeps_rule = random.random() < recipe.rule_rate
    is_adjusted = random.random() < 0.5 if is_given else case.is_adjusted and keeps_rule
    tissue = adjusted(scores[3]) if is_adjusted else scores[3]
    first = slipped(scores[0] + scores[1], 2, 10)
    second = slipped(first + scores[2], 3, 15)
    total = slipped(second + tissue, 4, 20)
    keeps_cap = random.random() < recipe.rule_rate
    is_capped = random.random() < 0.5 if is_given else tissue <= CAP_AT and keeps_cap
    return Chain(scores, is_adjusted, tissue, (first, second, total), is_capped, level(total, is_capped=is_capped))


def _random_chain(random: Random) -> Chain:
    scores = tuple(random.randint(1, 5) for _ in DOMAINS)
    is_adjusted = random.random() < 0.5
    tissue = adjusted(scores[3]) if is_adjusted else scores[3]
    first = scores[0] + scores[1]
    total = first + scores[2] + tissue
    return Chain(
        scores, is_adjusted, tissue, (first, first + scores[2], total), random.random() < 0.5, random.choice(LEVELS)
    )


def _with_difference(truth: Chain, random: Random) -> tuple[tuple[str, ...], str]:
    """A chain that differs from the truth from some step on, as the reference shows, and what is told of it."""
    place = random.choice((1, 2, 3, 5, 5, 5, 6, 7, 8, 9, 9, 9, 10, 11))
    scores, sums = list(truth.scores), list(truth.sums)
    is_adjusted, tissue, is_capped, said = truth.is_adjusted, truth.tissue, truth.is_capped, truth.level
    if place <= 3:
        scores[place - 1] = random.choice([score for score in range(1, 6) if score != scores[place - 1]])
    if place == 5:
        is_adjusted = not truth.is_adjusted if adjusted(scores[3]) != scores[3] else truth.is_adjusted
        tissue = adjusted(scores[3]) if is_adjusted else scores[3]
    if place <= 5:
        sums = [scores[0] + scores[1], sum(scores[:3]), sum(scores[:3]) + tissue]
    for later in range(max(place, 6), 9) if 6 <= place <= 8 else ():
        sums[later - 6] += random.choice((-1, 1)) if later == place else 0
    if place in (6, 7):
        sums = _carried(sums, place, scores, tissue)
    if place == 9 or (place < 9 and random.random() < 0.3):
        is_capped = not is_capped
    if place == 10 or (place < 10 and random.random() < 0.5):
        said = random.choice([one for one in LEVELS if one != truth.level])
    attempt = Chain(tuple(scores), is_adjusted, tissue, (sums[0], sums[1], min(20, sums[2])), is_capped, said)
    steps = list(attempt.steps)
    if place == 11:
        steps[10] = f"s11 ans {truth.sums[2]} {random.choice([one for one in LEVELS if one != truth.level])}"
    return tuple(steps), _first_difference(truth, tuple(steps))


def _carried(sums: list[int], place: int, scores: list[int], tissue: int) -> list[int]:
    second = sums[1] if place == 7 else sums[0] + scores[2]
    return [sums[0], second, second + tissue]


def _first_difference(truth: Chain, steps: tuple[str, ...]) -> str:
    """ "at s5 adj yes 3": the first step that is not as the reference has it, and how it would read."""
    for number, (step, right) in enumerate(zip(steps, truth.steps, strict=True), start=1):
        if step != right and number != 4:
            return f"at {right}"
    return "at end"

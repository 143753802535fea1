"""Rollouts by a language engine, such as a vLLM server on GPUs: many at once, and the adapter by its name.

A server gives seeded samples again as far as it promises to; a run that must repeat itself to the bit uses LocalSolver.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from inference.engines.protocol import GenerationRequest, SamplingOptions
from inference.engines.sampling import EngineSampler
from inference.progress import never_stop
from inference.reasoning.training.local_solver import chain_steps
from inference.reasoning.training.problem import Start, Steps
from inference.reasoning.training.row_text import chat_of, steps_text


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSolver:
    """`adapter`: the fine-tuning that answers, or BASE_WEIGHTS · `num_at_once`: starts that are asked together."""

    sampler: EngineSampler
    adapter: str
    max_tokens: int = 120
    num_at_once: int = 8

    @property
    def id(self) -> str:
        return f"{self.sampler.engine.name} {self.adapter}".strip()

    def continuations(self, starts: Sequence[Start], *, num_samples: int, seed: int) -> list[list[Steps]]:
        """Raises EngineFailed or PromptTooLong."""
        with ThreadPoolExecutor(self.num_at_once) as pool:
            asked = [(start, num_samples, seed + 1000 * number) for number, start in enumerate(starts)]
            return list(pool.map(lambda one: self._chains(*one), asked))

    def _chains(self, start: Start, num_samples: int, seed: int) -> list[Steps]:
        request = GenerationRequest(
            messages=chat_of(start.problem.prompt),
            options=SamplingOptions(max_tokens=self.max_tokens, temperature=1.0, seed=seed),
            prefix=steps_text(start.steps),
            adapter=self.adapter,
        )
        found = self.sampler.sample(request, num_samples, never_stop)
        return [(*start.steps, *chain_steps(one.text)) for one in found]

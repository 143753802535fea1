"""Several answers to one question: concurrent requests, which every engine batches and whose prompt it reads once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from inference.engines.protocol import Completion, GenerationRequest, LanguageEngine, complete
from inference.progress import StopCheck, never_stop


@dataclass(frozen=True, slots=True)
class EngineSampler:
    """A Sampler over any LanguageEngine. A seeded request gives sample n the seed plus n, so that they differ."""

    engine: LanguageEngine
    num_at_once: int = 16

    def sample(
        self, request: GenerationRequest, num_samples: int, should_stop: StopCheck = never_stop
    ) -> list[Completion]:
        """Raises EngineFailed or PromptTooLong as soon as one of them failed."""
        seed = request.options.seed
        seeds = [None if seed is None else seed + number for number in range(num_samples)]
        requests = [replace(request, options=replace(request.options, seed=one)) for one in seeds]
        with ThreadPoolExecutor(min(self.num_at_once, num_samples), thread_name_prefix="sampler") as pool:
            return list(pool.map(lambda one: complete(self.engine, one, should_stop), requests))

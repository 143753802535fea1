"""Reinforcement by TRL's GRPO, in a process of its own: python -m inference.reasoning.training.trl_grpo JOB.json

As InT's authors did it: advantage is the reward less its group's mean (dr_grpo, no division), and nothing holds the
model to where it started (beta 0).
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.reasoning.rewards import reward
from inference.reasoning.segment import parse_chain
from inference.reasoning.training.backend import TrainingJob
from inference.reasoning.training.case import ReasoningCase, case_of
from inference.reasoning.training.local_solver import LocalSolver, LocalSolverOptions
from inference.reasoning.training.row_text import prompt_text
from inference.reasoning.training.trl_common import Guard, common_arguments, finish, load, run


def train(job: TrainingJob) -> None:
    from datasets import Dataset
    from trl import GRPOConfig

    from inference.reasoning.training.shared_prompts import SharedPromptTrainer

    model, tokenizer, config = load(job)
    with Path(job.rows).open(encoding="utf-8") as file:
        cases = [case_of(json.loads(line)) for line in file]
    arguments = GRPOConfig(
        **common_arguments(job),
        num_generations=job.num_generations,
        max_completion_length=job.max_completion,
        temperature=1.0,
        loss_type="dr_grpo",
        scale_rewards="none",
        beta=0.0,
        epsilon=0.2,
        epsilon_high=0.28,
        mask_truncated_completions=True,
        max_grad_norm=0.3,
    )
    trainer = SharedPromptTrainer(
        model=model,
        args=arguments,
        reward_funcs=[Rewarded(cases).rewards],
        train_dataset=Dataset.from_list([{"prompt": prompt_text(c.problem.prompt), "case": c.id} for c in cases]),
        processing_class=tokenizer,
        peft_config=config,
        callbacks=[Guard(Path(job.output))],
        rollout_func=Rollouts(job).rolled,
    )
    finish(trainer, job)


class Rollouts:
    """By the same solver as the round's own: a prompt is read once for all its samples."""

    def __init__(self, job: TrainingJob) -> None:
        self._job = job

    def rolled(self, prompts: Sequence[str], trainer: Any) -> dict[str, Any]:
        """As TRL calls it: each prompt stands as often in a row as it has samples. The step is the seed, so that a run
        that goes on draws what an unbroken one does."""
        count = self._job.num_generations
        ids = [trainer.processing_class.encode(prompt, add_special_tokens=False) for prompt in prompts]
        options = LocalSolverOptions(max_tokens=self._job.max_completion, temperature=1.0, top_p=1.0, top_k=0)
        solver = LocalSolver(trainer.model, trainer.processing_class, "learner", options=options)
        trainer.model.eval()
        rows = solver.sampled(ids[::count], num_samples=count, seed=1000 * self._job.seed + trainer.state.global_step)
        trainer.model.train()
        return {"prompt_ids": ids, "completion_ids": rows, "logprobs": None}


class Rewarded:
    """What completions are worth, by their cases' ids."""

    def __init__(self, cases: Sequence[ReasoningCase]) -> None:
        self._cases = {case.id: case for case in cases}

    def rewards(
        self, prompts: Sequence[str], completions: Sequence[str], case: Sequence[str], **_: Any
    ) -> list[float | None]:
        """As TRL calls it."""
        return [self._worth(self._cases[one], text) for one, text in zip(case, completions, strict=True)]

    @staticmethod
    def _worth(case: ReasoningCase, text: str) -> float:
        chain = parse_chain(text)
        return reward(chain, case.gold, case.sheet, key_facts=case.key_facts, rules=case.rules).total


if __name__ == "__main__":
    sys.exit(run(train))

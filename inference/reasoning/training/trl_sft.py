"""Supervised training by TRL, in a process of its own: python -m inference.reasoning.training.trl_sft JOB.json

Rows are input_ids and labels and are used as they are: nothing is cut off, packed or ended.
"""

import json
import sys
from pathlib import Path
from typing import Any

from inference.reasoning.training.backend import TrainingJob
from inference.reasoning.training.scored_tokens import scored
from inference.reasoning.training.trl_common import Guard, common_arguments, finish, load, run


def train(job: TrainingJob) -> None:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model, tokenizer, config = load(job)
    with Path(job.rows).open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    arguments = SFTConfig(
        **common_arguments(job),
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.1},
        max_length=None,
        packing=False,
    )

    class ScoredTrainer(SFTTrainer):  # type: ignore[misc]
        """With TRL's loss, without the output head's work on what is masked."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            given = {name: inputs[name] for name in ("input_ids", "attention_mask")}
            log_probs, _ = scored(model, given, inputs["labels"])
            total = (inputs["labels"] >= 0).sum() if num_items_in_batch is None else num_items_in_batch
            loss = -log_probs.sum() / total
            return (loss, {"loss": loss}) if return_outputs else loss

    trainer = ScoredTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=config,
        callbacks=[Guard(Path(job.output))],
    )
    finish(trainer, job)


if __name__ == "__main__":
    sys.exit(run(train))

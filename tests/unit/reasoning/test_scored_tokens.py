"""What a step of training reads: a prompt once for all its completions, and the output head for what counts alone."""

from typing import Any

import pytest

from tests.unit.reasoning.tiny_model import write_tiny_adapter, write_tiny_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    pytest.importorskip("trl", reason="TRL is not installed: make setup-dev")
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    folder = write_tiny_model(tmp_path_factory.mktemp("tiny"))
    adapter = write_tiny_adapter(folder, tmp_path_factory.mktemp("adapter"))
    return PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder), adapter, is_trainable=True)


def test_completions_behind_one_prompt_are_worth_what_each_is_alone(model: Any) -> None:
    import torch

    from inference.reasoning.training.scored_tokens import scored
    from inference.reasoning.training.shared_prompts import packed

    prompts = [[5, 6, 7, 8], [5, 6, 7, 8], [0, 9, 10, 11]]
    said = [[20, 21, 22], [30, 31, 0], [40, 41, 42]]
    ids = torch.tensor([[*prompt, *some] for prompt, some in zip(prompts, said, strict=True)])
    there = torch.tensor([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 0], [0, 1, 1, 1, 1, 1, 1]])
    row = packed(ids, there, 3)
    together, entropy = scored(
        model, {"input_ids": row.tokens, "attention_mask": row.mask, "position_ids": row.positions}, row.labels
    )

    assert row.tokens.shape[1] < int(there.sum())
    assert int((entropy > 0).sum()) == 8
    for number in range(3):
        own = ids[number][there[number].bool()][None]
        likely = model(input_ids=own).logits.log_softmax(-1)[0, :-1].gather(-1, own[0, 1:, None])[:, 0]
        length = int(there[number, 4:].sum())
        found = together[0][row.places[number][row.places[number] >= 0]]
        assert torch.allclose(found, likely[-length:], atol=1e-4), number


def test_the_loss_is_that_of_the_labels_alone_and_teaches_the_adapter(model: Any) -> None:
    import torch

    from inference.reasoning.training.scored_tokens import scored

    ids = torch.arange(4, 14)[None]
    labels = ids.clone()
    labels[:, :6] = -100
    log_probs, _ = scored(model, {"input_ids": ids}, labels)
    expected = model(input_ids=ids, labels=labels).loss
    assert torch.allclose(-log_probs.sum() / 4, expected, atol=1e-4)

    model.zero_grad()
    (-log_probs.sum()).backward()
    learned = {name: float(one.grad.abs().sum()) for name, one in model.named_parameters() if one.requires_grad}
    assert any(value > 0 for value in learned.values())
    assert all("lora" in name for name in learned)


def test_a_batch_without_a_label_teaches_nothing_and_does_not_fail(model: Any) -> None:
    import torch

    from inference.reasoning.training.scored_tokens import scored

    ids = torch.arange(4, 10)[None]
    log_probs, _ = scored(model, {"input_ids": ids}, torch.full_like(ids, -100))
    log_probs.sum().backward()
    assert float(log_probs.sum().detach()) == 0.0

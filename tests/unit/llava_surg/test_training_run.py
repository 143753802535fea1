"""A training run: stages by recipe, stopped and gone on with as if it had never stopped, never on another footing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from inference.errors import InputInvalid
from inference.llava_surg.adapter_files import NO_TOWER
from inference.llava_surg.projector import Projector
from inference.llava_surg.training.learner import Learner, LoraOptions
from inference.llava_surg.training.train import MIXES, STAGES, Recipe, Training
from inference.llava_surg.training.training_data import Footage, LessonDraw, Mix
from inference.llava_surg.training.training_state import STATE_NAME
from inference.vision.backbone import FEATURE_DIM, NUM_PATCHES
from tests.fakes_engine import END_ID, ByteTokenizer, tiny_llama
from tests.fakes_video import TOWER, tiny_config
from tests.unit.llava_surg.test_evaluation import surgery

RECIPE = Recipe(
    steps_text=1,
    steps_projector=1,
    steps_joint=1,
    packs_per_step=1,
    questions_per_pack=1,
    one_word_per_pack=1,
    rank=2,
    seed=5,
    holdout=(),
)


def training(
    out: Path, *, tower: str = TOWER, base_id: str = "base@1", recipe: Recipe = RECIPE, seen: int = 1
) -> Training:
    torch.manual_seed(recipe.seed)
    config = tiny_config(vision_width=FEATURE_DIM, num_patches=NUM_PATCHES, encoder_id=tower)
    patches = torch.rand(48, NUM_PATCHES, FEATURE_DIM, generator=torch.Generator().manual_seed(seen)).half()
    footage = [Footage(video=surgery(), patches=patches)]
    learner = Learner(
        model=tiny_llama(num_layers=1),
        tokenizer=ByteTokenizer(),
        projector=Projector(config),
        lora=LoraOptions(rank=recipe.rank, alpha=2 * recipe.rank),
        end_id=END_ID,
    )
    draws = {stage: LessonDraw(footage=footage, config=config, mix=MIXES[stage], seed=recipe.seed) for stage in STAGES}
    out.mkdir(exist_ok=True)
    return Training(recipe=recipe, learner=learner, draws=draws, footage=footage, base_id=base_id, out=out)


def weights(out: Path) -> dict[str, torch.Tensor]:
    return {name: value for name, value in load_file(out / STATE_NAME).items() if name.startswith("value.")}


def losses(out: Path) -> list[float]:
    return [json.loads(row)["loss"] for row in (out / "log.jsonl").read_text().splitlines()]


def test_a_run_that_was_stopped_goes_on_as_if_it_never_had_been(tmp_path: Path) -> None:
    assert training(tmp_path / "whole").run() == 3
    assert training(tmp_path / "cut").run(stop_after=2) == 2
    assert training(tmp_path / "cut").run() == 3

    whole, cut = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert whole.keys() == cut.keys()
    assert all(torch.equal(whole[name], cut[name]) for name in whole)
    assert losses(tmp_path / "whole") == losses(tmp_path / "cut")
    assert (tmp_path / "whole" / "checkpoint" / "adapter" / "adapter_model.safetensors").is_file()


def test_a_run_does_not_go_on_over_another_base_model(tmp_path: Path) -> None:
    training(tmp_path).run(stop_after=1)

    with pytest.raises(InputInvalid, match="belongs to another run"):
        training(tmp_path, base_id="base@2").run()


def test_a_tower_may_be_chosen_after_the_text_was_learnt_but_not_changed_after_it_was_looked_through(
    tmp_path: Path,
) -> None:
    training(tmp_path, tower=NO_TOWER).run(stop_after=1)
    training(tmp_path).run(stop_after=2)

    with pytest.raises(InputInvalid, match="belongs to another run"):
        training(tmp_path, tower="tower-b").run()


def test_a_run_does_not_go_on_over_other_frames(tmp_path: Path) -> None:
    training(tmp_path).run(stop_after=2)

    with pytest.raises(InputInvalid, match="belongs to another run"):
        training(tmp_path, seen=2).run()


def test_a_run_does_not_go_on_with_other_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training(tmp_path).run(stop_after=1)
    monkeypatch.setitem(MIXES, "joint", Mix(both=1.0, video_only=0.0))

    with pytest.raises(InputInvalid, match="belongs to another run"):
        training(tmp_path).run()


def test_a_damaged_state_is_told_and_not_begun_over(tmp_path: Path) -> None:
    training(tmp_path).run(stop_after=1)
    state = tmp_path / STATE_NAME
    state.write_bytes(state.read_bytes()[:200])

    with pytest.raises(InputInvalid, match="is damaged"):
        training(tmp_path).run()


def test_only_the_stage_that_learns_moves(tmp_path: Path) -> None:
    training(tmp_path).run(stop_after=1)
    after_text = weights(tmp_path)
    training(tmp_path).run(stop_after=2)
    after_projector = weights(tmp_path)

    lora = [name for name in after_text if "lora_" in name]
    assert lora
    assert all(torch.equal(after_text[name], after_projector[name]) for name in lora)
    assert not torch.equal(
        after_text["value.projector.linear.weight"], after_projector["value.projector.linear.weight"]
    )


@pytest.mark.parametrize(
    ("step", "stage", "part"), [(0, "text", 0.0), (1, "projector", 0.0), (3, "joint", 0.0), (4, "joint", 0.5)]
)
def test_steps_belong_to_stages_in_order(step: int, stage: str, part: float) -> None:
    recipe = replace(RECIPE, steps_projector=2, steps_joint=2)

    assert recipe.stage_at(step) == (stage, part)


def test_a_key_names_all_that_decides_the_outcome_but_the_length_of_later_stages() -> None:
    def key(**changes: Any) -> str:
        base_id, tower_id = changes.pop("base_id", "b"), changes.pop("tower_id", "t")
        fields = {name: getattr(RECIPE, name) for name in RECIPE.__dataclass_fields__}
        return Recipe(**(fields | changes)).key(base_id=base_id, tower_id=tower_id)

    assert key(steps_joint=99) == key()
    others = [key(base_id="c"), key(tower_id="u"), key(seed=6), key(rank=4), key(holdout=("VID68",)), key(steps_text=2)]
    assert key() not in others
    assert len(set(others)) == len(others)

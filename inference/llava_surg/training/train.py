"""`python -m inference.train answers --data DIR --out DIR`: makes LLaVA-Surg's projector and adapter.

Three stages on cached features: the adapter learns to answer from timelines (`--steps-text`), the projector learns to
put video into words with everything else frozen (`--steps-projector`), both together (`--steps-joint`). Kill it and
start it again: it goes on where it was. The first stage sees no surgery: `--start` takes it from another run. On a CPU
use `--threads 1` beside other work.

`--base` names the language model that is learnt for; what is learnt fits no other. `--records` adds questions and
answers of Surg-QA records about these surgeries to the joint stage.
"""

import argparse
import dataclasses
import hashlib
import json
import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from inference.datasets.cholect50 import LabelledVideo, read_video, surgeries_without
from inference.engines.chat_format import ChatFormat, chat_format_named
from inference.engines.local.base_model import load_base
from inference.errors import InputInvalid
from inference.lab.arguments import CommandParser, count, new_folder, old_file, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS
from inference.llava_surg.adapter_files import NO_TOWER, save_checkpoint
from inference.llava_surg.config import LlavaSurgConfig
from inference.llava_surg.projector import Projector
from inference.llava_surg.training.learner import Learner, LoraOptions, match_scale
from inference.llava_surg.training.packs import Clip, Pack, make_pack
from inference.llava_surg.training.record_lessons import record_lessons
from inference.llava_surg.training.training_data import Footage, LessonDraw, Mix, footage_id
from inference.llava_surg.training.training_state import STATE_NAME, load_state, save_state
from inference.models.catalogue import DEFAULT, base_model_named
from inference.vision.backbone import FEATURE_DIM
from inference.vision.encoder import EncoderOptions, FrameEncoder
from inference.vision.training.patches import cached_patches

NUM_TEMPORAL = 16
NUM_PATCHES = 49
STAGES = ("text", "projector", "joint")
MIXES = {
    "text": Mix(both=0.0, video_only=0.0),
    "projector": Mix(both=0.0, video_only=1.0),
    "joint": Mix(both=0.35, video_only=0.15),
}
PEAK_RATES = {"text": (1e-3, 0.0), "projector": (0.0, 2e-3), "joint": (4e-4, 1e-3)}
LATER_LENGTHS = frozenset({"steps_projector", "steps_joint"})
WARM_UP_SHARE = 0.05
SAVE_EVERY_STEPS = 5
# The stage that learns from records: they are told of windows that are seen.
RECORDS_STAGE = "joint"
# What the text stage learns from: timelines that are drawn by rule.
MADE_UP = "made-up timelines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the outcome; kept in the manifest."""

    steps_text: int
    steps_projector: int
    steps_joint: int
    packs_per_step: int
    questions_per_pack: int
    one_word_per_pack: int
    rank: int
    seed: int
    holdout: tuple[str, ...]
    # Of the file of records; empty without one.
    records: str = ""

    def key(self, *, base_id: str, tower_id: str, data_id: str = "") -> str:
        """What a half-done run must share with the one that goes on; the later stages' lengths may still change.

        `tower_id` is NO_TOWER and `data_id` empty while no video has been seen: text can be learnt before a tower is
        chosen.
        """
        fields = {name: value for name, value in dataclasses.asdict(self).items() if name not in LATER_LENGTHS}
        stages = {"mixes": {stage: dataclasses.asdict(mix) for stage, mix in MIXES.items()}, "rates": PEAK_RATES}
        return json.dumps(fields | stages | {"base": base_id, "tower": tower_id, "data": data_id}, sort_keys=True)

    @property
    def num_steps(self) -> int:
        return self.steps_text + self.steps_projector + self.steps_joint

    def stage_at(self, step: int) -> tuple[str, float]:
        """The stage of a step and how far it has come, in [0, 1)."""
        for stage, length in zip(STAGES, (self.steps_text, self.steps_projector, self.steps_joint), strict=True):
            if step < length:
                return stage, step / length
            step -= length
        return STAGES[-1], 1.0


class Training:
    """One run in one folder."""

    def __init__(
        self,
        *,
        recipe: Recipe,
        learner: Learner,
        draws: dict[str, LessonDraw],
        footage: Sequence[Footage],
        base_id: str,
        out: Path,
        start: Path | None = None,
        chat_format: ChatFormat | None = None,
    ) -> None:
        self._recipe = recipe
        self._learner = learner
        self._draws = draws
        self._footage = footage
        self._base_id = base_id
        self._data_id = footage_id(footage)
        self._out = out
        self._start = start
        self._format = chat_format or chat_format_named("chatml")
        groups = [
            {"params": learner.lora_parameters(), "weight_decay": 0.0},
            {"params": list(learner.projector.parameters()), "weight_decay": 0.01},
        ]
        self._optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98))

    def run(self, *, stop_after: int | None = None) -> int:
        """Returns the steps done in all."""
        step = self._load(self._out, self._recipe) or self._load_start()
        last = self._recipe.num_steps if stop_after is None else min(self._recipe.num_steps, stop_after)
        while step < last:
            if step == self._recipe.steps_text:
                self._start_projector()
            self._step(step)
            step += 1
            if step % SAVE_EVERY_STEPS == 0 or step == last:
                self._save(step)
        return step

    def _load(self, folder: Path, recipe: Recipe) -> int:
        """Of our own base and tower, or of no tower yet."""
        tower_id = self._learner.projector.config.encoder_id
        own = recipe.key(base_id=self._base_id, tower_id=tower_id, data_id=self._data_id)
        recipes = {recipe.key(base_id=self._base_id, tower_id=NO_TOWER), own}
        return load_state(folder, parameters=self._parameters(), optimizer=self._optimizer, recipes=recipes)

    def _load_start(self) -> int:
        """The text stage of another run on all surgeries. Raises InputInvalid if that run went further."""
        if self._start is None:
            return 0
        step = self._load(self._start, dataclasses.replace(self._recipe, holdout=()))
        if step > self._recipe.steps_text:
            raise InputInvalid(f"{self._start} has already seen surgeries: it cannot start a run that holds some out.")
        return step

    def _start_projector(self) -> None:
        """Only now, so that text can be learnt before a vision tower is chosen."""
        samples = [one.patches[:32].float().mean(dim=1) for one in self._footage]
        embeddings = self._learner.adapter.get_input_embeddings().weight
        match_scale(self._learner.projector, embeddings, samples)

    def _step(self, step: int) -> None:
        started_s = time.perf_counter()
        stage, part = self._recipe.stage_at(step)
        self._set_rates(stage, part)
        draw = self._draws[stage]
        draw.reseed(f"{self._recipe.seed}-{step}")
        packs = [self._pack(draw) for _ in range(self._recipe.packs_per_step)]
        self._optimizer.zero_grad(set_to_none=True)
        result = self._learner.train_on(packs)
        nn.utils.clip_grad_norm_(list(self._parameters().values()), 1.0)
        self._optimizer.step()
        row = {"step": step + 1, "of": self._recipe.num_steps, "stage": stage, "loss": round(result.loss, 4)}
        row |= {"answers": result.num_answers, "tokens": result.num_tokens}
        row["seconds"] = round(time.perf_counter() - started_s, 1)
        line = json.dumps(row)
        print(line, flush=True)
        with (self._out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _pack(self, draw: LessonDraw) -> tuple[Pack, Clip]:
        lesson = draw.draw(self._recipe.questions_per_pack, self._recipe.one_word_per_pack)
        end_id = self._learner.end_id
        pack = make_pack(
            lesson.clip,
            lesson.questions,
            chat_format=self._format,
            tokenizer=self._learner.tokenizer,
            end_id=end_id,
            histories=lesson.histories,
        )
        return pack, lesson.clip

    def _set_rates(self, stage: str, part: float) -> None:
        warm = min(1.0, (part + 1e-3) / WARM_UP_SHARE)
        scale = warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * part)))
        for group, peak in zip(self._optimizer.param_groups, PEAK_RATES[stage], strict=True):
            group["lr"] = peak * scale
            for parameter in group["params"]:
                parameter.requires_grad_(peak > 0)

    def _parameters(self) -> dict[str, nn.Parameter]:
        lora = {name: value for name, value in self._learner.adapter.named_parameters() if "lora_" in name}
        return lora | {f"projector.{name}": value for name, value in self._learner.projector.named_parameters()}

    def _save(self, step: int) -> None:
        own = self._learner.projector.config
        saw_frames = step > self._recipe.steps_text
        tower_id, data_id = (own.encoder_id, self._data_id) if saw_frames else (NO_TOWER, "")
        recipe = self._recipe.key(base_id=self._base_id, tower_id=tower_id, data_id=data_id)
        save_state(self._out, parameters=self._parameters(), optimizer=self._optimizer, step=step, recipe=recipe)
        facts = {"recipe": dataclasses.asdict(self._recipe), "steps_done": step}
        saw_video = step > self._recipe.steps_text + self._recipe.steps_projector
        config = dataclasses.replace(own, is_trained=True, encoder_id=own.encoder_id if saw_video else NO_TOWER)
        save_checkpoint(
            self._out / "checkpoint",
            config=config,
            projector=self._learner.projector,
            adapter=self._learner.adapter,
            base_id=self._base_id,
            trained_on=self._trained_on(),
            facts=facts,
        )

    def _trained_on(self) -> list[str]:
        records = [f"Surg-QA records {self._recipe.records}"] if self._recipe.records else []
        return [MADE_UP, *(one.video.name for one in self._footage), *records]


def main(arguments: Sequence[str] | None = None) -> None:
    options = parsed(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    recipe = Recipe(
        steps_text=options.steps_text,
        steps_projector=options.steps_projector,
        steps_joint=options.steps_joint,
        packs_per_step=options.packs,
        questions_per_pack=options.questions,
        one_word_per_pack=options.one_word,
        rank=options.rank,
        seed=options.seed,
        holdout=tuple(options.holdout),
        records=records_version(options.records),
    )
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    training = _prepare(recipe, options)
    done = training.run(stop_after=options.stop_after)
    print(json.dumps({"out": str(options.out / "checkpoint"), "steps": done}))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    return _parser().parse_args(arguments)


def _prepare(recipe: Recipe, options: argparse.Namespace) -> Training:
    needs_video = recipe.num_steps > recipe.steps_text and (options.stop_after or recipe.num_steps) > recipe.steps_text
    # What is wrong with the data is told before a model is loaded.
    videos = _videos(recipe, options.data) if needs_video else []
    records = record_lessons(options.records, videos) if options.records and videos else ()
    if options.start and not (options.start / STATE_NAME).is_file():
        raise FileNotFoundError(2, "no run to start from", str(options.start / STATE_NAME))
    model = base_model_named(options.base)
    base = load_base(options.models, model=model, dtype=torch.float32)
    encoder = FrameEncoder(EncoderOptions(weights=options.tower)) if needs_video else None
    config = LlavaSurgConfig(
        name=f"llava-surg-{model.name.removesuffix('-instruct')}",
        encoder_id=encoder.encoder_id if encoder else NO_TOWER,
        vision_width=FEATURE_DIM,
        text_width=base.model.config.hidden_size,
        num_temporal=NUM_TEMPORAL,
        num_patches=NUM_PATCHES,
    )
    footage = _footage(encoder, videos, options.cache) if encoder else []
    learner = Learner(
        model=base.model,
        tokenizer=base.tokenizer,
        projector=Projector(config),
        lora=LoraOptions(rank=recipe.rank, alpha=2 * recipe.rank),
        end_id=base.end_id,
    )
    draws = {
        stage: LessonDraw(
            footage=footage,
            config=config,
            mix=MIXES[stage],
            seed=recipe.seed,
            records=records if stage == RECORDS_STAGE else (),
        )
        for stage in STAGES
        if footage or stage == "text"
    }
    return Training(
        recipe=recipe,
        learner=learner,
        draws=draws,
        footage=footage,
        base_id=base.manifest.id,
        out=options.out,
        start=options.start,
        chat_format=base.chat_format,
    )


def records_version(path: Path | None) -> str:
    """Of what a file of records holds; empty without one. Raises FileNotFoundError for one that is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path is not None else ""


def _videos(recipe: Recipe, data: Path) -> list[LabelledVideo]:
    return [read_video(data, name) for name in surgeries_without(data, recipe.holdout)]


def _footage(encoder: FrameEncoder, videos: Sequence[LabelledVideo], cache: Path) -> list[Footage]:
    patches = [cached_patches(video, encoder=encoder, cache_dir=cache) for video in videos]
    return [Footage(video=video, patches=rows) for video, rows in zip(videos, patches, strict=True)]


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser("train answers", __doc__)
    parser.add_argument("--data", type=old_folder, required=True, help="the folder that holds cholect50/")
    parser.add_argument("--out", type=new_folder, required=True)
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--base", default=DEFAULT.name, help="the language model of the catalogue that is learnt for")
    parser.add_argument(
        "--records", type=old_file, default=None, help="Surg-QA records (train.json) about these surgeries"
    )
    parser.add_argument("--cache", type=new_folder, default=Path("var/cache/patches"))
    parser.add_argument("--tower", type=old_file, default=None, help="vision weights; ImageNet's if not given")
    parser.add_argument("--holdout", nargs="*", default=[], help="surgeries that are not looked at")
    parser.add_argument(
        "--start", type=old_folder, default=None, help="a run stopped after its text stage, to go on from"
    )
    parser.add_argument("--steps-text", type=whole, default=120)
    parser.add_argument("--steps-projector", type=whole, default=8)
    parser.add_argument("--steps-joint", type=whole, default=130)
    parser.add_argument("--packs", type=count, default=3)
    parser.add_argument("--questions", type=count, default=12)
    parser.add_argument("--one-word", type=whole, default=8, help="short questions in each pack besides")
    parser.add_argument("--rank", type=count, default=8)
    parser.add_argument("--seed", type=whole, default=17)
    parser.add_argument("--threads", type=count, default=2)
    parser.add_argument("--stop-after", type=count, default=None, help="stop early, to go on later")
    return parser


if __name__ == "__main__":
    main()

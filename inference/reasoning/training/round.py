"""One round of the reasoning model: warm-up, pass rates, InT, its arms, reinforcement; each goes on where it was.

    python -m inference.train reasoning --out var/reasoning [--base NAME] [--data DIR] [--stages ...] [--smallest]

Stages, in order; each reads what the ones before it left under --out, and is over at once where it is done already:

    warm_up    format, on easy strata only, if the base cannot hold it
    measure    pass rate of every training problem
    int        failed rollouts -> first wrong step -> continuations -> rows; problems that were not kept are listed
    sft_int    rows of InT with rehearsal            sft_reference   references instead, at equal tokens
    rl_int     GRPO from sft_int                     rl_base         GRPO from the warmed-up base
    service    what rl_int left, shown how given answers of timelines and reports are explained
    pack       the last adapter of InT, with its manifest, in --out/packed
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

from inference.datasets.rows import json_object, understood
from inference.lab.arguments import CommandParser, count, new_folder, old_file, old_folder, whole
from inference.lab.command_line import DEFAULT_MODELS
from inference.lab.journal import Journal
from inference.lab.recipe import recipe_key
from inference.models.artifact import open_artifact
from inference.models.catalogue import QWEN_CODER_0_5B, base_model_named
from inference.progress import Progress, StopCheck, never_stop
from inference.reasoning.prompts import VERSION as PROMPTS_VERSION
from inference.reasoning.training.backend import (
    ADAPTER,
    Stage,
    TrainerBackend,
    TrainingFailed,
    TrainingJob,
    TrlBackend,
    failure_told,
    last_step,
)
from inference.reasoning.training.case import CaseSets
from inference.reasoning.training.case_sets import case_sets, turns
from inference.reasoning.training.given_answers import service_training
from inference.reasoning.training.grading import SheetGrader
from inference.reasoning.training.int_pipeline import IntOptions, IntPipeline, Measured, Outcome, unkept_problems
from inference.reasoning.training.intake import Intake, read_references
from inference.reasoning.training.loading import adapter_name, load_solver_model
from inference.reasoning.training.local_solver import LazySolver, LocalSolver, LocalSolverOptions
from inference.reasoning.training.packing import OWN_LICENCE, SURGERY_LICENCE, pack
from inference.reasoning.training.problem import Proposer
from inference.reasoning.training.progress_file import PROGRESS, ProgressFile
from inference.reasoning.training.proposers import (
    ClinicianProposer,
    LazyProposer,
    SelfVerifyProposer,
    StructuredDiffProposer,
)
from inference.reasoning.training.rehearsal import rehearsal_rows, rehearsed
from inference.reasoning.training.row_text import row_ids
from inference.reasoning.training.rows import (
    at_equal_tokens,
    int_rows,
    reference_rows,
    write_rows,
)
from inference.reasoning.training.stretches import Stretch
from inference.reasoning.verifiers.registry import VERSION as VERIFIERS_VERSION

RECIPE = "recipe.json"
DEFAULT_OUT = Path("var/reasoning")
STAGES = ("warm_up", "measure", "int", "sft_int", "sft_reference", "rl_int", "rl_base", "service", "pack")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRecipe:
    """Small enough for two cores; a site with a GPU raises the counts."""

    base: str
    per_stratum: int = 6
    # Of each of these strata so many problems more: those of which a first measurement solved less than a third.
    weak_strata: str = "duration,conflicting,first_last"
    num_more: int = 0
    num_warm_up: int = 48
    warm_up_rate: float = 3e-4
    # Rows of rehearsal for each row of InT; as many stand beside the references that it is compared with.
    num_rehearsal: int = 2
    # Given answers of each kind of question to a timeline and half as many items of a report for each; of each stratum
    # half as many.
    num_service: int = 4
    sft_rate: float = 2e-4
    sft_epochs: float = 2.0
    rl_rate: float = 1e-4
    rl_steps: int = 10
    rl_prompts: int = 2
    num_generations: int = 8
    num_measured: int = 4
    max_pass_rate: float = 0.1
    num_proposals: int = 2
    num_continuations: int = 8
    proposer: str = "self_verify,structured_diff"
    seed: int = 0

    @property
    def key(self) -> str:
        """Of what rollouts and proposals depend on; what is trained on them, and for how long, does not void them."""
        told = (self.base, self.num_measured, self.num_proposals, self.num_continuations, self.seed)
        return recipe_key(*told, PROMPTS_VERSION, VERIFIERS_VERSION)


class Round:
    def __init__(
        self,
        recipe: RoundRecipe,
        sets: CaseSets,
        *,
        models: Path,
        out: Path,
        backend: TrainerBackend,
        references: Intake | None = None,
        data: Path | None = None,
        should_stop: StopCheck = never_stop,
    ) -> None:
        self._recipe = recipe
        self._sets = sets
        self._base = models / base_model_named(recipe.base).name
        self._out = out
        self._backend = backend
        self._should_stop = should_stop
        self._data = data
        out.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(out / "journal.sqlite", recipe=recipe.key, should_stop=should_stop)
        self._references = references or Intake()
        self._problems = [*sets.train, *(one.case for one in self._references.references)]
        self._grader = SheetGrader([*sets.all(), *self._problems])
        self._warmed = out / "warm_up" / ADAPTER
        self._loaded: LocalSolver | None = None
        self._progress = ProgressFile(out / PROGRESS, tokens=self._tokens)

    def run(self, stages: Sequence[str] = STAGES) -> dict[str, Any]:
        """What each stage left, by its name. Raises Stopped between two chunks of work."""
        found: dict[str, Any] = {}
        for name in STAGES:
            if name in stages:
                with self._progress.stage(name):
                    found[name] = self._stage(name)
                    self._progress.note(_brief(found[name]))
                _say(f"{name}: {json.dumps(found[name])}")
        return found

    def _stage(self, name: str) -> Any:
        steps: Mapping[str, Callable[[], Any]] = {
            "warm_up": self._warm_up,
            "measure": self._measure,
            "int": self._interventions,
            "sft_int": lambda: self._supervised("sft_int"),
            "sft_reference": lambda: self._supervised("sft_reference"),
            "rl_int": lambda: self._reinforced("rl_int", self._out / "sft_int" / ADAPTER),
            "rl_base": lambda: self._reinforced("rl_base", self._warmed),
            "service": self._service,
            "pack": self._pack,
        }
        return steps[name]()

    def _warm_up(self) -> dict[str, Any]:
        rows = self._out / "warm_up.jsonl"
        if not rows.is_file():
            write_rows(rows, reference_rows(self._tokenizer(), self._sets.warm_up))
        self._train("supervised", "warm_up", rows, start=None, rate=self._recipe.warm_up_rate, epochs=1.0)
        return {"rows": len(self._sets.warm_up)}

    def _measure(self) -> dict[str, Any]:
        measured = self._measured()
        by_stratum: dict[str, list[float]] = {}
        for one in measured:
            by_stratum.setdefault(one.problem.stratum, []).append(one.pass_rate)
        rates = {name: round(sum(some) / len(some), 3) for name, some in by_stratum.items()}
        (self._out / "measured.json").write_text(json.dumps(rates, indent=1), encoding="utf-8")
        return rates

    def _measured(self) -> list[Measured]:
        return self._pipeline(None).measure([case.problem for case in self._problems])

    def _interventions(self) -> dict[str, Any]:
        measured = self._measured()
        marked = self._marked()
        tried: dict[str, Any] = {}
        kept = [one for one in marked if one.is_kept]
        open_now = self._pipeline(None).hard(measured)
        for name in self._recipe.proposer.split(","):
            outcomes = self._pipeline(name).interventions(open_now)
            kept += [one for one in outcomes if one.is_kept]
            unkept = unkept_problems(outcomes)
            looked_at = [one for one in outcomes if one.num_continuations]
            total = max(1, sum(one.num_continuations for one in looked_at))
            tried[name] = {
                "attempts": len(outcomes),
                "kept": sum(one.is_kept for one in outcomes),
                "from_intervention": sum(one.num_right for one in looked_at) / total,
                "from_original": sum(one.num_right_original for one in looked_at) / total,
                "continuations": total,
                "reasons": dict(Counter(one.reason for one in outcomes)),
            }
            open_now = [one for one in open_now if one.problem.id in unkept]
        (self._out / "unkept.json").write_text(
            json.dumps({one.problem.id: one.problem.stratum for one in open_now}, indent=1), encoding="utf-8"
        )
        tokenizer, random = self._tokenizer(), Random(self._recipe.seed)
        rows = int_rows(tokenizer, kept)
        chains = rehearsed(measured, self._grader, self._sets.warm_up)
        count = self._recipe.num_rehearsal * len(rows)
        rehearsal = rehearsal_rows(tokenizer, chains, count=count, random=random)
        write_rows(self._out / "sft_int.jsonl", random.sample([*rows, *rehearsal], len(rows) + len(rehearsal)))
        hard = [self._grader.cases[one.problem.id] for one in self._pipeline(None).hard(measured)]
        equal = at_equal_tokens(reference_rows(tokenizer, hard), rows, random)
        write_rows(self._out / "sft_reference.jsonl", random.sample([*equal, *rehearsal], len(equal) + len(rehearsal)))
        summary = {
            "hard": len(hard),
            "rows": len(rows),
            "rehearsal": len(rehearsal),
            "proposers": tried,
            "unkept": len(open_now),
            "marks": {one.problem.id: one.reason for one in marked},
            "refused": {one.id: one.reason for one in self._references.refused},
        }
        (self._out / "int.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
        return summary

    def _marked(self) -> list[Outcome]:
        """Clinicians' marks, on the attempts that they were made on, through the same filter."""
        marked = [one for one in self._references.references if one.mark is not None and one.attempt]
        shown = [Measured(problem=one.case.problem, rollouts=(one.attempt,), is_right=(False,)) for one in marked]
        return self._pipeline("clinician").interventions(shown)

    def _supervised(self, name: str) -> dict[str, Any]:
        start = self._warmed
        rows = self._out / f"{name}.jsonl"
        if not rows.stat().st_size:
            raise TrainingFailed(
                "No attempt was kept and none was right: there is nothing to train on.", "nothing_kept"
            )
        self._train("supervised", name, rows, start=start, rate=self._recipe.sft_rate, epochs=self._recipe.sft_epochs)
        return {"rows": len(rows.read_text(encoding="utf-8").splitlines())}

    def _reinforced(self, name: str, start: Path) -> dict[str, Any]:
        """On problems of which not all rollouts were right; easy ones at most a quarter."""
        rows = self._out / f"{name}.jsonl"
        rate = {one.problem.id: one.pass_rate for one in self._measured()}
        some = [case for case in self._problems if rate[case.id] < 1]
        Random(self._recipe.seed).shuffle(some)
        write_rows(rows, [case.row() for case in some])
        self._train("reinforced", name, rows, start=start, rate=self._recipe.rl_rate, steps=self._recipe.rl_steps)
        return {"cases": len(some), "steps": self._recipe.rl_steps}

    def _service(self) -> dict[str, Any]:
        """Whole references in the form in which explanations are asked for, and as much rehearsal of the other form."""
        rows = self._out / "service.jsonl"
        if not rows.is_file():
            random, tokenizer = Random(f"service {self._recipe.seed}"), self._tokenizer()
            given = service_training(self._sets, self._stretches(random), count=self._recipe.num_service, random=random)
            asked = [row_ids(tokenizer, one.problem.prompt, one.reference, is_whole=True) for one in given]
            chains = rehearsed(self._measured(), self._grader, self._sets.warm_up)
            kept = rehearsal_rows(tokenizer, chains, count=len(asked) // 2, random=random)
            write_rows(rows, random.sample([*asked, *kept], len(asked) + len(kept)))
        start = self._out / self._last("rl_int", "sft_int", "warm_up") / ADAPTER
        self._train("supervised", "service", rows, start=start, rate=self._recipe.sft_rate, epochs=1.0)
        return {"rows": len(rows.read_text(encoding="utf-8").splitlines())}

    def _stretches(self, random: Random) -> Iterator[Stretch]:
        return turns(self._data, is_test=False, random=random)

    def _last(self, *stages: str) -> str:
        """The first of them that has left an adapter."""
        return next((name for name in stages if (self._out / name / ADAPTER).is_dir()), "")

    def _pack(self) -> dict[str, Any]:
        """The last there is on the way from InT to service."""
        stage = self._last("service", "rl_int", "sft_int", "warm_up")
        trained = [*self._sets.warm_up, *self._problems]
        operations = sorted({case.group for case in trained if case.source == "surgery"})
        manifest = pack(
            self._out / stage / ADAPTER,
            self._out / "packed",
            base_id=base_model_named(self._recipe.base).id,
            licence=SURGERY_LICENCE if operations else OWN_LICENCE,
            trained_on=[*operations, "simulated operations"],
            facts={"stage": stage, "recipe": asdict(self._recipe), "groups": len({case.group for case in trained})},
        )
        return {"stage": stage, "version": manifest.version, "bytes": sum(file.num_bytes for file in manifest.files)}

    def _train(
        self,
        stage: Stage,
        name: str,
        rows: Path,
        *,
        start: Path | None,
        rate: float,
        epochs: float = 1.0,
        steps: int = -1,
    ) -> Path:
        job = TrainingJob(
            stage=stage,
            base=str(self._base),
            rows=str(rows),
            output=str(self._out / name),
            start="" if start is None else str(start),
            learning_rate=rate,
            epochs=epochs,
            max_steps=steps,
            # A prompt's completions stand in one batch: it is read once for all of them.
            batch=self._recipe.rl_prompts * self._recipe.num_generations if stage == "reinforced" else 2,
            accumulation=1,
            num_generations=self._recipe.num_generations,
            seed=self._recipe.seed,
        )
        return self._backend.train(job, self._counting(name, _num_steps(job)))

    def _counting(self, name: str, total: int) -> StopCheck:
        """The trainer is another process: what it has done stands in its curve."""

        def should_stop() -> bool:
            done = last_step(self._out / name)
            self._progress.count(Progress(done=done, total=max(total, done), unit="steps"))
            return self._should_stop()

        return should_stop

    def _tokens(self) -> tuple[int, int]:
        """Read and generated by the solver of this process."""
        return (self._loaded.num_read, self._loaded.num_generated) if self._loaded else (0, 0)

    def _pipeline(self, proposer: str | None) -> IntPipeline:
        return IntPipeline(
            solver=LazySolver(self._solver, adapter_name(self._warmed)),
            proposer=self._proposer(proposer or "structured_diff"),
            grader=self._grader,
            journal=self._journal,
            options=IntOptions(
                num_measured=self._recipe.num_measured,
                max_pass_rate=self._recipe.max_pass_rate,
                num_proposals=self._recipe.num_proposals,
                num_continuations=self._recipe.num_continuations,
                chunk=16,
            ),
            report=self._progress.count,
        )

    def _proposer(self, name: str) -> Proposer:
        if name == "clinician":
            marks = {one.case.id: one.mark for one in self._references.references if one.mark is not None}
            return ClinicianProposer(marks)
        if name == "self_verify":
            return LazyProposer(self._self_verifier)
        return StructuredDiffProposer(self._grader.cases)

    def _self_verifier(self) -> SelfVerifyProposer:
        solver = self._solver()
        bare = LocalSolver(
            solver.model,
            solver.tokenizer,
            "bare",
            options=LocalSolverOptions(max_tokens=60, temperature=0.7),
            is_bare=True,
        )
        return SelfVerifyProposer(bare, self._grader.cases)

    def _solver(self) -> LocalSolver:
        """The warmed-up base, loaded once."""
        if self._loaded is None:
            model, tokenizer = load_solver_model(self._base, self._warmed)
            self._loaded = LocalSolver(model, tokenizer, adapter_name(self._warmed))
        return self._loaded

    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self._base, local_files_only=True)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _arguments(arguments)
    recipe = smallest_recipe(options.base) if options.smallest else recipe_of(options)
    open_artifact(options.models / base_model_named(recipe.base).name, kind="base")
    references = read_references(options.references) if options.references else Intake()
    (options.out / RECIPE).write_text(json.dumps(asdict(recipe), indent=1) + "\n", encoding="utf-8")
    sets = round_sets(None if options.simulated else options.data, recipe)
    for one in references.refused:
        _say(f"reference {one.id} is left out: {one.reason}")
    backend = TrlBackend(threads=options.threads)
    data = None if options.simulated else options.data
    work = Round(
        recipe, sets, models=options.models, out=options.out, backend=backend, references=references, data=data
    )
    with failure_told(options.out):
        work.run(options.stages)


def recipe_of(options: argparse.Namespace) -> RoundRecipe:
    return RoundRecipe(
        base=options.base,
        per_stratum=options.per_stratum,
        num_more=options.more,
        num_warm_up=options.warm_up,
        rl_steps=options.rl_steps,
    )


def smallest_recipe(base: str) -> RoundRecipe:
    """Every stage once, in minutes on two cores: it proves the way, and teaches next to nothing."""
    return RoundRecipe(
        base=base,
        per_stratum=1,
        num_warm_up=32,
        warm_up_rate=1e-3,
        sft_epochs=1.0,
        rl_steps=1,
        rl_prompts=1,
        num_generations=4,
        num_measured=2,
        num_continuations=2,
        proposer="structured_diff",
    )


def recipe_in(out: Path) -> RoundRecipe:
    """As the round under `out` wrote it down. Raises FileNotFoundError where there was none, DatasetInvalid for what
    no round wrote."""
    place = f"{out.name}/{RECIPE}"
    with understood(place):
        return RoundRecipe(**json_object(out / RECIPE, place))


def round_sets(data: Path | None, recipe: RoundRecipe, *, per_test_stratum: int = 14) -> CaseSets:
    """The same for the same recipe, in training and in evaluation."""
    return case_sets(
        data,
        num_warm_up=recipe.num_warm_up,
        per_stratum=recipe.per_stratum,
        per_test_stratum=per_test_stratum,
        seed=recipe.seed,
        weak=recipe.weak_strata.split(","),
        num_more=recipe.num_more,
    )


def _brief(found: Any) -> str:
    """What a stage left, in a line."""
    if not isinstance(found, dict):
        return ""
    plain = {key: value for key, value in found.items() if not isinstance(value, dict | list)}
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in plain.items())


def _num_steps(job: TrainingJob) -> int:
    if job.max_steps > 0:
        return job.max_steps
    with Path(job.rows).open(encoding="utf-8") as file:
        rows = sum(1 for _ in file)
    return ceil(ceil(rows / (job.batch * job.accumulation)) * job.epochs)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("train reasoning", __doc__)
    parser.add_argument("--data", type=old_folder, default=Path("../shared/data"))
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--out", type=new_folder, default=DEFAULT_OUT)
    parser.add_argument("--base", default=QWEN_CODER_0_5B.name)
    parser.add_argument("--references", type=old_file, help="approved references, as JSON lines")
    parser.add_argument("--per-stratum", type=count, default=6)
    parser.add_argument("--more", type=whole, default=0, help="problems more of each stratum that is weak")
    parser.add_argument("--warm-up", type=whole, default=48, help="rows of the warm-up")
    parser.add_argument("--rl-steps", type=count, default=10)
    parser.add_argument("--threads", type=count, default=1)
    parser.add_argument("--simulated", action="store_true", help="of simulations alone, without --data")
    parser.add_argument("--smallest", action="store_true", help="every stage once, as small as can be")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    return parser.parse_args(arguments)

"""The claim check under examination: as many false statements as true ones, and what became of each."""

from collections.abc import Sequence

import torch

from inference.datasets.cholect50 import LabelledVideo
from inference.datasets.labelled_facts import labelled_facts
from inference.evidence.fact import Fact
from inference.evidence.watched import watched_outputs
from inference.llava_surg.evaluation.cases import EvaluationClip, clips_of, closed_cases
from inference.llava_surg.evaluation.rule_reader import rule_summary
from inference.llava_surg.evaluation.simulated import SimulatedVideo, labelled, labels_seen
from inference.llava_surg.evaluation.statements import Statement, statements, verdict_summary, verdicts
from inference.simulator.simulation import Simulation
from inference.simulator.spec import SimulationSpec
from inference.simulator.truth import frame_truth, simulation_truth
from inference.vision.outputs import REAL_GROUPS
from tests.unit.llava_surg.test_evaluation import surgery

WATCHED = watched_outputs(name for group in REAL_GROUPS for name in group.output_names)


def stated() -> list[Statement]:
    return statements(closed_cases(clips_of(surgery()), seed=1, per_label=4, form="free"))


def perfect(clip: EvaluationClip) -> Sequence[Fact]:
    return labelled_facts(clip.video, clip.first, clip.last)


def liar(clip: EvaluationClip) -> Sequence[Fact]:
    """The other half of the surgery's facts, as sure as the right ones."""
    other = next(one for one in clips_of(clip.video) if one.truth().seen != clip.truth().seen)
    return labelled_facts(clip.video, other.first, other.last)


def test_each_true_statement_has_its_opposite() -> None:
    texts = {(one.is_true, one.text) for one in stated()}

    assert (True, "Yes, a hook is visible [[t=0-12]].") in texts
    assert (False, "No, no hook is visible [[t=0-12]].") in texts
    assert sum(one.is_true for one in stated()) * 2 == len(stated())


def test_heads_that_know_everything_never_contradict_a_true_statement() -> None:
    summary = verdict_summary(verdicts(stated(), perfect, watched=WATCHED))

    assert summary["contradicted_precision"] == 1.0
    assert summary["supported_precision"] == 1.0
    assert summary["num_contradicted"] > 0


def test_heads_that_lie_are_found_out() -> None:
    summary = verdict_summary(verdicts(stated(), liar, watched=WATCHED))

    assert summary["contradicted_precision"] is not None
    assert summary["contradicted_precision"] < 0.5


def test_without_facts_nothing_is_contradicted_and_no_share_is_made_up() -> None:
    summary = verdict_summary(verdicts(stated(), lambda clip: (), watched=WATCHED))

    assert (summary["num_contradicted"], summary["contradicted_precision"]) == (0, None)


def test_a_faultless_reader_is_as_good_as_the_facts_it_reads() -> None:
    cases = closed_cases(clips_of(surgery()), seed=1, per_label=4)

    assert rule_summary(cases, perfect)["rule_accuracy"] == 1.0
    assert rule_summary(cases, perfect)["rule_flips"] == 1.0
    assert rule_summary(cases, liar)["rule_accuracy"] < 0.5


def test_simulated_truth_stands_in_the_timelines_lanes() -> None:
    simulation = Simulation(
        SimulationSpec(task="peg_transfer", skill=0.5, seed=3, duration_s=4.0, width_px=160, height_px=90)
    )
    truth = simulation_truth(simulation, [frame_truth(simulation, index) for index in range(simulation.num_frames)])

    video = labelled("sim", truth)

    assert video.seconds == (0, 1, 2, 3)
    assert set(video.labels["phase"]) == {frozenset({"peg_transfer"})}
    assert labels_seen([video])["phase"] == ("peg_transfer",)
    assert "grasper" in labels_seen([video])["instrument"]


def test_facts_of_a_simulated_clip_are_cut_to_it_and_start_at_its_start() -> None:
    hook = Fact(lane="instrument", label="hook", start_s=5.0, end_s=20.0, probability=0.9)
    video = LabelledVideo(name="sim", seconds=tuple(range(36)), labels={})
    seen = SimulatedVideo(video=video, segments=(hook,), patches=torch.zeros(0))

    facts = seen.facts(EvaluationClip(video=video, first=12, last=24))

    assert [(fact.start_s, fact.end_s) for fact in facts] == [(0.0, 8.0)]
    assert seen.facts(EvaluationClip(video=video, first=24, last=36)) == ()

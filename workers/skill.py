"""The stage of a skill report: references and video become sequences, the references a scorer, the video a score.

What can be said in a sentence (too short, frozen, another procedure, ...) is the report's own reason and no failure.
"""

from collections.abc import Sequence
from dataclasses import replace

from celery import shared_task

from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.score import SkillRefused, SkillScore, abstention
from inference.errors import Stopped
from webapp.skills.models import ReferenceClip
from webapp.skills.reports import active_references, report_scored
from webapp.skills.selectors import report_for_job
from webapp.videos.models import Content
from workers.skill_models import adapted, sequence_of, skill_model_ids
from workers.stages import StageContext, run_stage


@shared_task(name="workers.skill.score_report")
def score_report(job_id: str, stage: str) -> None:
    run_stage(job_id, stage, score_stage)


def score_stage(context: StageContext) -> None:
    report = report_for_job(context.job.id)
    if report is None:
        raise Stopped("the report was deleted meanwhile")
    clips = active_references(report.scorer)
    try:
        score = _compared(context, report.video.content, clips, levels=report.scorer.levels)
    except SkillRefused as refusal:
        score = abstention(refusal.code, _named(refusal.sentence, clips))
    context.write(
        report_scored,
        report,
        score=score.to_json(),
        references=clips,
        model_ids=skill_model_ids(),
        worker=context.job.worker,
    )


def _compared(
    context: StageContext, content: Content, clips: Sequence[ReferenceClip], *, levels: Sequence[str]
) -> SkillScore:
    """Raises SkillRefused."""
    references = [
        Reference(
            key=str(clip.pk),
            sequence=part_of_sequence(
                sequence_of(clip.video.content, context.on_progress, context.should_stop),
                start_s=clip.start_s,
                end_s=clip.end_s,
            ),
            level=clip.level,
            procedure=clip.procedure,
        )
        for clip in clips
    ]
    video = sequence_of(content, context.on_progress, context.should_stop)
    return adapted(references, levels=levels).score(video)


def _named(sentence: str, clips: Sequence[ReferenceClip]) -> str:
    """A reference is called by its short name, as the page calls it, and not by its whole id."""
    for clip in clips:
        sentence = sentence.replace(str(clip.pk), clip.short_name)
    return sentence


def part_of_sequence(sequence: SkillSequence, *, start_s: float, end_s: float) -> SkillSequence:
    """The rows within the window; times stay those of the video."""
    kept = (sequence.times_s >= start_s) & (sequence.times_s < end_s)
    if kept.all():
        return sequence
    faults = [fault for fault, is_kept in zip(sequence.faults, kept, strict=True) if is_kept] if sequence.faults else ()
    return replace(
        sequence,
        times_s=sequence.times_s[kept],
        values=sequence.values[kept],
        usable=sequence.usable[kept],
        duration_s=min(end_s, sequence.duration_s) - start_s,
        faults=tuple(faults),
    )

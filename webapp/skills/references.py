"""Writing references and scorers. A clip counts once its surgeon has agreed, and until they take it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Department
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.conversations.text import Window, clean_window
from webapp.lib.errors import Conflict, InvalidInput, PermissionRefused
from webapp.notices.services import notice_send
from webapp.skills.models import ReferenceClip, Rubric, Scorer
from webapp.skills.permissions import is_keeper, require_keeper
from webapp.skills.rubrics import clean_scores
from webapp.videos.models import Video
from webapp.videos.names import clean_text

DEFAULT_LEVELS = ("novice", "intermediate", "expert")
# As the scorer's own limit: less shows no skill.
LEAST_S = 5.0
LEVELS_MIN, LEVELS_MAX = 2, 7
PROCEDURE_MAX_CHARS = 120


@transaction.atomic
def reference_propose(
    *,
    actor: Actor,
    video: Video,
    rubric: Rubric,
    level: str,
    window: Window | None,
    procedure: str = "",
    item_scores: Mapping[str, Any] | None = None,
) -> ReferenceClip:
    """Of one's own video it is in use at once; of a colleague's once they consent. Raises InvalidInput."""
    require_keeper(actor)
    part = clean_reference_window(window, duration_s=video.content.duration_s)
    clip = ReferenceClip.objects.create(
        hospital=video.hospital,
        department=video.department,
        video=video,
        procedure=clean_procedure(procedure or video.procedure),
        rubric=rubric,
        start_s=part.start_s,
        end_s=part.end_s,
        level=clean_level(level),
        item_scores=clean_scores(rubric, item_scores or {}, need_all=False),
        proposed_by=actor.person,
    )
    _record(Action.REFERENCE_PROPOSE, clip, actor=actor)
    if video.owner_id == actor.person.pk:
        _consent(clip)
    else:
        words = "A part of one of your videos was proposed as a reference. It is used only if you agree."
        notice_send([video.owner], hospital=video.hospital, text=words, url=reverse("references"))
    return clip


@transaction.atomic
def reference_consent(clip: ReferenceClip, *, actor: Actor) -> None:
    """Only the surgeon whose video it is can agree."""
    actor.require("skills")
    if clip.video.owner_id != actor.person.pk:
        raise PermissionRefused("Only the surgeon whose video this is can agree.", "not_owner")
    if clip.state != ReferenceClip.State.PROPOSED:
        raise Conflict("This reference is not waiting for consent.", code="not_proposed")
    _consent(clip)
    _record(Action.REFERENCE_CONSENT, clip, actor=actor)


@transaction.atomic
def reference_withdraw(clip: ReferenceClip, *, actor: Actor) -> None:
    """By its surgeon at any time and without a reason, or by whoever keeps the references. For good."""
    actor.require("skills")
    if clip.video.owner_id != actor.person.pk and not is_keeper(actor):
        raise PermissionRefused("Only its surgeon, a reviewer or an administrator can withdraw it.", "not_owner")
    if clip.state == ReferenceClip.State.WITHDRAWN:
        raise Conflict("This reference was withdrawn before.", code="already_withdrawn")
    clip.state, clip.withdrawn_at = ReferenceClip.State.WITHDRAWN, timezone.now()
    clip.save(update_fields=["state", "withdrawn_at"])
    _record(Action.REFERENCE_WITHDRAW, clip, actor=actor)


@transaction.atomic
def scorer_create(
    *,
    actor: Actor,
    procedure: str,
    rubric: Rubric,
    department: Department | None,
    levels: Sequence[str],
    references: Sequence[ReferenceClip],
    num_reviewers: int = 1,
) -> Scorer:
    """Raises InvalidInput for references of another procedure, rubric or level, and for a level without any."""
    require_keeper(actor)
    if num_reviewers not in (1, 2):
        raise InvalidInput("One reviewer or two.", code="num_reviewers")
    names = clean_levels(levels)
    wanted = clean_procedure(procedure)
    _require_fit(references, procedure=wanted, rubric=rubric, levels=names)
    scorer = Scorer.objects.create(
        hospital=rubric.hospital,
        department=department,
        procedure=wanted,
        rubric=rubric,
        levels=names,
        num_reviewers=num_reviewers,
        created_by=actor.person,
    )
    scorer.references.set(references)
    _record(Action.SCORER_ADD, scorer, actor=actor)
    return scorer


@transaction.atomic
def scorer_retire(scorer: Scorer, *, actor: Actor) -> None:
    """No new reports; those that were made stay."""
    require_keeper(actor)
    if scorer.retired_at is not None:
        raise Conflict("This comparison was ended before.", code="already_retired")
    scorer.retired_at = timezone.now()
    scorer.save(update_fields=["retired_at"])
    _record(Action.SCORER_RETIRE, scorer, actor=actor)


def clean_reference_window(window: Window | None, *, duration_s: float | None) -> Window:
    """The whole video without one. Raises InvalidInput for less than LEAST_S seconds."""
    part = clean_window(window or Window(start_s=0.0, end_s=duration_s or 0.0), duration_s=duration_s)
    if part is None or part.end_s - part.start_s < LEAST_S:
        raise InvalidInput(f"A reference needs at least {LEAST_S:.0f} seconds.", code="too_short")
    return part


def clean_procedure(text: str) -> str:
    cleaned = clean_text(text)[:PROCEDURE_MAX_CHARS].strip()
    if not cleaned:
        raise InvalidInput("Say which procedure this is.", code="procedure_empty")
    return cleaned


def clean_level(text: str) -> str:
    cleaned = clean_text(text).lower()[:40].strip()
    if not cleaned:
        raise InvalidInput("Say which level this shows.", code="level_empty")
    return cleaned


def clean_levels(levels: Sequence[str]) -> list[str]:
    names = [clean_level(level) for level in levels if level.strip()] or list(DEFAULT_LEVELS)
    if not LEVELS_MIN <= len(names) <= LEVELS_MAX or len(set(names)) < len(names):
        raise InvalidInput(f"Name {LEVELS_MIN} to {LEVELS_MAX} different levels, lowest first.", code="levels_invalid")
    return names


def is_same_procedure(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _require_fit(references: Sequence[ReferenceClip], *, procedure: str, rubric: Rubric, levels: Sequence[str]) -> None:
    for clip in references:
        if clip.state == ReferenceClip.State.WITHDRAWN:
            raise InvalidInput(f"The reference {clip.short_name} was withdrawn.", code="withdrawn")
        if not is_same_procedure(clip.procedure, procedure):
            words = f"The reference {clip.short_name} shows another procedure: {clip.procedure}."
            raise InvalidInput(words, code="other_procedure")
        if clip.rubric_id != rubric.pk:
            raise InvalidInput(f"The reference {clip.short_name} was given under another rubric.", code="other_rubric")
        if clip.level not in levels:
            words = f"The reference {clip.short_name} shows a level that is none of: {', '.join(levels)}."
            raise InvalidInput(words, code="other_level")
    contents = [clip.video.content_id for clip in references]
    if len(set(contents)) < len(contents):
        raise InvalidInput("Two of the references are parts of the same recording.", code="same_content")
    missing = [level for level in levels if level not in {clip.level for clip in references}]
    if missing:
        raise InvalidInput(f"There is no reference for the level {missing[0]}.", code="no_reference_for_level")


def _consent(clip: ReferenceClip) -> None:
    clip.state, clip.consented_at = ReferenceClip.State.ACTIVE, timezone.now()
    clip.save(update_fields=["state", "consented_at"])


def _record(action: Action, row: ReferenceClip | Scorer, *, actor: Actor) -> None:
    """Ids alone: rows outlive the video."""
    audit_record(
        action=action,
        actor=actor,
        hospital=row.hospital,
        object_type="reference" if isinstance(row, ReferenceClip) else "scorer",
        object_id=str(row.pk),
        detail={"video": str(row.video_id)} if isinstance(row, ReferenceClip) else {},
    )

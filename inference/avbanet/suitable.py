"""What may be scored, and against what: every refusal with its reason, before any number is made."""

from collections import Counter
from collections.abc import Collection, Sequence

from inference.avbanet.reference import Reference, SkillSequence
from inference.avbanet.score import Code, SkillRefused
from inference.evidence.kinds import VideoKind

MIN_DURATION_S = 5.0
MIN_USABLE_S = 5
MIN_USABLE_SHARE = 0.5
UNKNOWN = VideoKind.UNKNOWN.value
OUTSIDE = VideoKind.OUTSIDE_BODY.value
# What frames are taken for that are like none of an operation: a bench that nobody trained on can be, too.
NO_OPERATION = VideoKind.NOT_SURGERY.value
CODE_OF_FAULT: dict[str, Code] = {"black": "frozen", "frozen": "frozen", "out_of_body": "out_of_body"}
SENTENCE_OF_FAULT = {
    "black": "most of its pictures are black",
    "frozen": "its picture stands still for most of the time",
    "out_of_body": "most of it is outside the body",
}


def require_suitable(sequence: SkillSequence, *, named: str, features: str) -> None:
    """`named` : how a sentence calls it, "The video". Raises SkillRefused."""
    if sequence.encoder != features:
        raise SkillRefused("other_encoder", f"{named} was read by another version of the features: read it again.")
    if sequence.duration_s < MIN_DURATION_S:
        raise SkillRefused("too_short", f"{named} is shorter than {MIN_DURATION_S:.0f} seconds.")
    num_usable = int(sequence.usable.sum())
    if num_usable < MIN_USABLE_S or num_usable < MIN_USABLE_SHARE * len(sequence.usable):
        counted = Counter(fault for fault in sequence.faults if fault).most_common(1)
        fault = counted[0][0] if counted else "frozen"
        raise SkillRefused(CODE_OF_FAULT[fault], f"{named} cannot be scored: {SENTENCE_OF_FAULT[fault]}.")
    if sequence.kind == OUTSIDE:
        raise SkillRefused("out_of_body", f"{named} shows no operation: it looks like outside the body.")


def require_references(references: Sequence[Reference], levels: Sequence[str], *, features: str) -> None:
    """Raises SkillRefused, naming the reference and what is wrong with it."""
    for reference in references:
        named = f"The reference {reference.key}"
        if reference.withdrawn:
            raise SkillRefused("withdrawn", f"{named} was withdrawn.")
        if reference.level not in levels:
            raise SkillRefused("no_reference_for_level", f"{named} is of level {reference.level}, which is none here.")
        require_suitable(reference.sequence, named=named, features=features)
    for level in levels:
        if not any(reference.level == level for reference in references):
            raise SkillRefused("no_reference_for_level", f"There is no reference for the level {level}.")
    if len(levels) < 2:
        raise SkillRefused("no_reference_for_level", "A score needs references of at least two levels.")
    _require_operation(references)
    _require_one([reference.procedure for reference in references], "other_procedure", "procedures")
    _require_one([kind for one in references if (kind := one.sequence.kind) != UNKNOWN], "other_kind", "kinds of video")
    contents = Counter(reference.sequence.content for reference in references)
    if max(contents.values()) > 1:
        raise SkillRefused("same_content", "Two references are the same video.")


def require_query(
    sequence: SkillSequence,
    *,
    procedure: str | None,
    withdrawn: Collection[str],
    keys: Collection[str],
    of_references: Collection[tuple[str, str]],
    contents: Collection[str],
) -> None:
    """of_references : (procedure, kind) of each reference · contents : theirs. Raises SkillRefused."""
    gone = sorted(set(withdrawn) & set(keys))
    if gone:
        raise SkillRefused("withdrawn", f"The reference {gone[0]} was withdrawn since: adapt the scorer again.")
    if sequence.content in contents:
        raise SkillRefused("same_content", "The video is one of the references itself.")
    procedures, kinds = {one for one, _ in of_references}, {one for _, one in of_references}
    if procedure is not None and procedure not in procedures:
        raise SkillRefused("other_procedure", f"The references show {_listed(procedures)}, the video {procedure}.")
    if sequence.kind == NO_OPERATION and kinds != {NO_OPERATION}:
        raise SkillRefused("out_of_body", "The video looks like no operation, and the references do not.")
    # Of a kind that nobody can name the distance to the references has to tell.
    if UNKNOWN not in {sequence.kind, *kinds} and sequence.kind not in kinds:
        raise SkillRefused(
            "other_kind", f"The references are of the kind {_listed(kinds)}, the video is {_plain(sequence.kind)}."
        )


def _require_operation(references: Sequence[Reference]) -> None:
    """Where all look like none, the site's own choice stands against the look."""
    unlike = [one.key for one in references if one.sequence.kind == NO_OPERATION]
    if unlike and len(unlike) < len(references):
        raise SkillRefused(
            "out_of_body", f"The reference {unlike[0]} looks like no operation, and the other references do not."
        )


def _require_one(values: Sequence[str], code: Code, named: str) -> None:
    if len(set(values)) > 1:
        raise SkillRefused(code, f"The references are of several {named}: {_listed(set(values))}.")


def _listed(values: Collection[str]) -> str:
    return ", ".join(_plain(value) for value in sorted(values))


def _plain(value: str) -> str:
    return value.replace("_", " ") or "not named"

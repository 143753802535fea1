"""A scorer's words as a report keeps them: the format of inference/avbanet/score.py, which a test compares."""

from collections.abc import Mapping
from typing import Any

from webapp.lib.errors import InvalidInput

FORMAT = "debrief.skill.score/1"
# Why a scorer says nothing. Its sentence comes with it; here is what the page calls each.
CODE_WORDS: dict[str, str] = {
    "too_short": "Too short",
    "no_reference_for_level": "A level without a reference",
    "other_procedure": "Another procedure",
    "other_kind": "Another kind of video",
    "same_content": "The video is its own reference",
    "frozen": "A picture that stands still or is black",
    "out_of_body": "Outside the body",
    "unreadable": "A file that is no video",
    "other_encoder": "Features of another version",
    "withdrawn": "A reference was withdrawn",
    "too_far": "Unlike all references",
    "unsure": "Not sure enough",
}


def clean_score(score: Mapping[str, Any]) -> dict[str, Any]:
    """As it came; of one that abstained only what was measured, and no share of anything.

    Raises InvalidInput for another format, or a reason that no page has words for.
    """
    if score.get("format") != FORMAT:
        raise InvalidInput(f"This is no skill score: {score.get('format')!r}.", code="score_format")
    if score["abstained"] and score["code"] not in CODE_WORDS:
        raise InvalidInput(f"There are no words for the reason {score['code']!r}.", code="score_code")
    if not score["abstained"]:
        return dict(score)
    return abstention(score["code"], str(score["reason"])) | {"factors": score["factors"]}


def abstention(code: str, reason: str) -> dict[str, Any]:
    """No number at all."""
    return {
        "format": FORMAT,
        "probabilities": {},
        "without_duration": {},
        "level": None,
        "abstained": True,
        "reason": reason,
        "code": code,
        "bias": 0.0,
        "evidence": [],
        "factors": [],
        "moments": [],
        "swaps": {},
        "trust": 0.0,
    }

"""The sentences of one language. `{cite}` is where the citations go; every template is one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inference.evidence.lanes import Key
from inference.evidence.ontology import spoken


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """`{what}` is a label as `noun` says it, `{phrase}` what the question is about in its own words, `{question}` all
    of it, `{seconds}` whole seconds, `{is}` the English verb that `{what}` takes.

    Refusals begin with `insufficient`, so that the page shows them as such.
    """

    code: str
    insufficient: str
    yes: str
    no: str
    bare_yes: str
    bare_no: str
    no_phase: str
    seen: str
    absent: str
    phase_is: str
    phase_unsure: str
    unsure: str
    not_seen: str
    out_of_view: str
    not_watched: str
    unknown: str
    not_looked_for: str
    not_told_together: str
    kind_silent: str
    none_of_lane: str
    first_seen: str
    last_seen: str
    seen_times: str
    seen_once: str
    seen_for: str
    before: str
    together: str
    overlap: str
    no_overlap: str
    phase_with: str
    counted: str
    only_in: str
    in_both: str
    video_length: str
    outside_window: str
    difficulty: str
    near: str
    next_usually: str
    next_seen: str
    nothing_next: str
    aim: str
    milestone_yes: str
    milestone_no: str
    critical_view: str
    criterion: str
    skill: str
    measure: str
    off_topic: str
    person: str
    advice: str
    video_ends: str
    nothing_passed: str
    hint: str
    no_premise: str
    probably: str
    probably_yes: str
    bare_probably: str
    bare_probably_no: str
    phase_probably: str
    no_phase_probably: str
    suggests: str
    kind_is: str
    kind_unsure: str
    kind_likeliest: str
    kind_other: str
    text_seen: str
    text_none: str
    work: str
    work_unsure: str
    probably_for: str
    repeats: str
    milestone_probably_yes: str
    milestone_probably_no: str
    aim_of: str
    suggests_of: str
    no_phase_clear: str
    until_end: str
    from_start: str
    work_not_watched: str
    inside: str
    hint_here: str
    hint_nothing: str
    cannot_answer: str
    not_watched_it: str
    looked_in_phase: str
    judgement: str
    credential: str
    exercise: str
    exercise_is: str
    phase_probably_with: str
    seen_at: str
    phase_at: str
    missed: str
    missed_no: str
    bare_missed: str
    meaning: str
    reliability: str
    operation_end: str
    usually_before: str
    usually_first: str
    if_so: str
    listed_probable: str
    lane_silent: str
    aims: Mapping[str, str]
    suggestions: Mapping[str, str]
    lanes: Mapping[str, str]
    labels: Mapping[Key, str] = field(default_factory=dict)

    def noun(self, lane: str, label: str) -> str:
        """As it stands in a sentence; English adds its article."""
        if self.code == "en":
            return english_noun(lane, label)
        return self.labels.get((lane, label), spoken(lane, label))


_ENGLISH_NOUNS = {
    ("instrument", "bipolar"): "a bipolar instrument",
    ("instrument", "forceps"): "forceps",
    ("target", "adhesion"): "an adhesion",
    ("target", "blood_vessel"): "a blood vessel",
    ("target", "fluid"): "fluid",
    ("body", "outside"): "a picture from outside the body",
    **{
        ("finding", name): f"a {name}"
        for name in ("bile leak", "cholangiogram", "clip", "drain", "mesh", "needle", "perforation", "stent", "suture")
    },
    ("finding", "tumour"): "a tumour",
    ("finding", "trocar"): "a trocar",
    ("finding", "injury"): "an injury",
    ("finding", "error"): "an error or a complication",
    ("finding", "conversion"): "a conversion to open surgery",
    ("finding", "foreign body"): "a foreign body",
}
# What takes "are".
_PLURAL = ("scissors", "forceps", "stones")


def english_noun(lane: str, label: str) -> str:
    """ "a hook", "scissors", "the cystic duct", "cutting"."""
    if (lane, label) in _ENGLISH_NOUNS:
        return _ENGLISH_NOUNS[lane, label]
    words = spoken(lane, label)
    if lane == "instrument":
        if words.endswith("s"):
            return words
        return f"{'an' if words[0].lower() in 'aeiou' else 'a'} {words}"
    if lane == "target":
        return f"the {words}"
    return words


def english_verb(noun: str) -> str:
    """ "is", or what more than one thing takes."""
    return "are" if noun.endswith(_PLURAL) else "is"

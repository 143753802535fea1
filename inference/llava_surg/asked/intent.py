"""What a question wants to know."""

from enum import StrEnum


class Intent(StrEnum):
    PRESENCE = "presence"
    WHEN = "when"
    HOW_LONG = "how_long"
    HOW_OFTEN = "how_often"
    ORDER = "order"
    INSTRUMENTS = "instruments"
    ANATOMY = "anatomy"
    PHASE = "phase"
    DOING = "doing"
    WHY = "why"
    # Is this done for the reason that the question gives?
    AIM = "aim"
    # What follows from what is seen.
    SUGGESTS = "suggests"
    NEXT = "next"
    # What came before.
    PREVIOUS = "previous"
    DESCRIBE = "describe"
    # Which kind of operation or of video it is.
    KIND = "kind"
    # Whether the camera is inside the body.
    INSIDE = "inside"
    SCREEN_TEXT = "screen_text"
    COMPARE = "compare"
    MILESTONE = "milestone"
    CRITICAL_VIEW = "critical_view"
    SKILL = "skill"
    DIFFICULTY = "difficulty"
    # Whether something is done rightly, safely, well enough.
    JUDGEMENT = "judgement"
    # Whether a person may operate, is to blame.
    CREDENTIAL = "credential"
    # How sure an answer is.
    SURENESS = "sureness"
    VIDEO_LENGTH = "video_length"
    # What a word of the page means: "probably", "supported".
    MEANING = "meaning"
    # Whether answers can be trusted.
    RELIABILITY = "reliability"
    # A greeting, thanks, "what can you tell me?".
    HELP = "help"
    # Quantities that no watcher measures: millilitres, pressures, sizes, stitches.
    MEASURE = "measure"
    # Nothing that a video could answer: general knowledge, advice, who somebody is, orders to a machine.
    OFF_TOPIC = "off_topic"
    PERSON = "person"
    ADVICE = "advice"
    OTHER = "other"


# Questions that say nothing of their own about what is seen and take it from the question before.
NEEDS_SUBJECT = frozenset(
    {Intent.PRESENCE, Intent.WHEN, Intent.HOW_LONG, Intent.HOW_OFTEN, Intent.ORDER, Intent.WHY, Intent.SURENESS}
)
# What they want is told of the labels they name, so that it matters whether those belong together.
ABOUT_SUBJECTS = frozenset({Intent.PRESENCE, Intent.WHEN, Intent.HOW_LONG, Intent.HOW_OFTEN})
DECLINED = frozenset({Intent.OFF_TOPIC, Intent.PERSON, Intent.ADVICE, Intent.CREDENTIAL})

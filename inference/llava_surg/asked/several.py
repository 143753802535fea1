"""Questions of one turn: "what is seen, and when does it appear?" asks two, and each gets its answer."""

import re

# More is no question but a list of them.
MAX_QUESTIONS = 3
_ASKING = {
    "and": r"what|which|when|where|how|why|who|is|are|was|were|does|do|did|has|have|can",
    "und": r"was|welche\w*|wann|wo|wie|warum|wer|womit|ist|sind|wird|gibt",
    "et": r"quand|que|qu'est-ce|quel\w*|combien|comment|pourquoi|où|est-ce",
    "y": r"qué|cuál\w*|cuándo|cuánt\w+|cómo|por qué|dónde|hay",
    "e": r"quando|che|quale|quali|quant\w+|come|perché|dove|c'è",
}
_IMPERATIVES = (
    r"describe|list|name|tell|show|give|summari[sz]e|explain|compare|rate"
    r"|ignore|disregard|forget|write|print|translate|repeat"
)
_JOINED = "|".join(rf"{word}\s+(?=(?:{asking})(?!\w))" for word, asking in _ASKING.items())
_QUESTION = "|".join(_ASKING.values())
# What stands behind stays whole, "and" included: it says that it goes on from the question before.
_BORDER = re.compile(
    rf"(?<=[?？])\s*(?=(?:{'|'.join(_ASKING)})?\s*(?:{_QUESTION}|{_IMPERATIVES})(?!\w))"
    rf"|(?<=[？])\s*(?=\S)|(?:\s*[,;，]\s*|\s+)(?={_JOINED})",
    re.IGNORECASE,
)
# Of a statement and a question neither stands alone.
_BEGINS = re.compile(
    rf"^\W*(?:(?:{'|'.join(_ASKING)})\s+)?(?:{_QUESTION}|{_IMPERATIVES})(?!\w)|[\u4e00-\u9fff]", re.IGNORECASE
)
# "Between what and when", "when and where": no question of its own ends there.
MIN_WORDS = 2


def several_in(question: str) -> tuple[str, ...]:
    """The questions in order; the whole as one where it is one."""
    parts = [part.strip() for part in _BORDER.split(question) if part and part.strip()]
    is_short = any(_num_words(part) < MIN_WORDS for part in parts)
    if not 1 < len(parts) <= MAX_QUESTIONS or is_short or not all(_BEGINS.search(part) for part in parts):
        return (question,)
    return tuple(parts)


def _num_words(part: str) -> int:
    words = len(re.findall(r"\w+", part))
    return max(words, len(re.findall(r"[\u4e00-\u9fff]", part)) // 2)

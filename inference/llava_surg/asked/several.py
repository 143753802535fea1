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
# What is asked for after "and" and "then": orders to a machine are no question of their own.
_TOLD = r"describe|list|name|tell|show|give|summari[sz]e|explain|compare"
# Named one beside the other they are asked for one after the other.
_LISTS = (
    r"instruments?|tools?|devices?|structures?|organs?|anatomy|actions?|phases?|steps?"
    r"|instrumente|werkzeuge|strukturen|organe|phasen|handlungen|outils|organes|étapes"
    r"|instrumentos|herramientas|estructuras|órganos|fases?|acciones|strumenti|strutture|organi|fasi|azioni"
)
_PAIR = re.compile(
    rf"(?<!\w)(?P<first>{_LISTS})\s*(?:\+|&|/|,?\s(?:and|und|et|y|e|plus)\s)\s*(?P<second>{_LISTS})(?!\w)",
    re.IGNORECASE,
)
_JOINED = "|".join(rf"{word}\s+(?=(?:{asking})(?!\w))" for word, asking in _ASKING.items())
_QUESTION = "|".join(_ASKING.values())
# What stands behind stays whole, "and" included: it says that it goes on from the question before.
_BORDER = re.compile(
    rf"(?<=[?？])\s*(?=(?:{'|'.join(_ASKING)})?\s*(?:{_QUESTION}|{_IMPERATIVES})(?!\w))"
    rf"|(?<=[？])\s*(?=\S)|(?:\s*[,;，]\s*|\s+)(?={_JOINED}|(?:and|then|and then)\s+(?:{_TOLD})(?!\w))",
    re.IGNORECASE,
)
# Of a statement and a question neither stands alone.
_OPENINGS = rf"{'|'.join(_ASKING)}|then|and then|please|(?:can|could|would) you(?: please)?"
_BEGINS = re.compile(rf"^\W*(?:(?:{_OPENINGS})\s+)*(?:{_QUESTION}|{_IMPERATIVES})(?!\w)|[\u4e00-\u9fff]", re.IGNORECASE)
# "Between what and when", "when and where": no question of its own ends there.
MIN_WORDS = 2


def several_in(question: str) -> tuple[str, ...]:
    """The questions in order; the whole as one where it is one."""
    if (pair := _PAIR.search(question)) is not None and len(_BORDER.split(question)) == 1:
        around = question[: pair.start()], question[pair.end() :]
        return tuple(f"{around[0]}{named}{around[1]}" for named in pair.groups())
    parts = [part.strip() for part in _BORDER.split(question) if part and part.strip()]
    is_short = any(_num_words(part) < MIN_WORDS for part in parts)
    if not 1 < len(parts) <= MAX_QUESTIONS or is_short or not all(_BEGINS.search(part) for part in parts):
        return (question,)
    return tuple(parts)


def _num_words(part: str) -> int:
    words = len(re.findall(r"\w+", part))
    return max(words, len(re.findall(r"[\u4e00-\u9fff]", part)) // 2)

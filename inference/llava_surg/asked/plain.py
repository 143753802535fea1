"""A question without what nobody types on purpose: control characters, invisible ones, more than anybody reads."""

import re
import unicodedata

# A question of a person; what is longer is refused, not read in part.
MAX_CHARS = 1000
_COURTESY = re.compile(
    r"^(?:\W*(?:thanks?(?: you)?|never ?mind|(?:no,? |sorry,? )?i (?:mean|meant)"
    r"|ok(?:ay)?|sorry|great|well|hmm*|come on|please|hi|hello|hey|danke|hallo"
    r"|merci|bonjour|gracias|hola|grazie|ciao|谢谢|你好)\b(?: (?:a lot|again|there|you))?[\s,.!;:，。！]+)+(?=\w|¿)",
    re.IGNORECASE,
)


def plain_question(text: str) -> str:
    """Joined words are what is left of words with something invisible in them."""
    kept = (" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text[: 4 * MAX_CHARS])
    visible = "".join(one for one in kept if unicodedata.category(one) not in ("Cf", "Cs", "Co", "Cn"))
    return _COURTESY.sub("", " ".join(visible.split()))

"""A question without what nobody types on purpose: control characters, invisible ones, more than anybody reads."""

import re
import unicodedata

# A question of a person; what is longer is refused, not read in part.
MAX_CHARS = 1000
_COURTESY = re.compile(
    r"^(?:\W*(?:thanks?(?: you)?|thx|cheers|good (?:job|work)|nice|perfect|cool|never ?mind"
    r"|(?:no,? |sorry,? )?i (?:mean|meant)"
    r"|quick q(?:uestion)?|i have a (?:quick )?question|i only have (?:a|one) (?:minute|moment|second)"
    r"|i(?:['’]m| am) an? [a-z -]{0,30}(?:student|resident|surgeon|fellow|doctor|nurse|trainee)"
    r"(?: and (?:would like|want) to (?:understand|learn|know about|follow) (?:this|the) (?:case|video|operation))?"
    r"|ok(?:ay)?|sorry|great|well|hmm*|come on|please|hi|hello|hey|danke|hallo"
    r"|merci|bonjour|gracias|hola|grazie|ciao|谢谢|你好)\b(?: (?:a lot|again|there|you))?[\s,.!;:，。！]+)+(?=\w|¿)",
    re.IGNORECASE,
)
_REST_OF_THANKS = re.compile(r"(?:a lot|so much|very much|again|there|you|all|everyone)\W*", re.IGNORECASE)
# "You see a hook, don't you?", "the hook is used, right?".
_TAG = re.compile(
    r"(?:,?\s+(?:is|are|was|were|do|does|did|ca|could|has|have|wo|would)n['’]?t (?:it|he|she|they|you|we|there|that)"
    r"|,\s*(?:is|are|was|were|do|does|did|can|has|have) (?:it|he|she|they|you|we|there)"
    r"|,\s*(?:right|correct|true|yes|no|or what|am i right|nicht wahr|oder|n'est-ce pas|verdad|vero|giusto))\s*[?!.]*$",
    re.IGNORECASE,
)


def plain_question(text: str) -> str:
    """Joined words are what is left of words with something invisible in them."""
    kept = (" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text[: 4 * MAX_CHARS])
    visible = "".join(one for one in kept if unicodedata.category(one) not in ("Cf", "Cs", "Co", "Cn"))
    whole = " ".join(visible.split())
    asked = _COURTESY.sub("", whole)
    return _TAG.sub("?", whole if _REST_OF_THANKS.fullmatch(asked) else asked)

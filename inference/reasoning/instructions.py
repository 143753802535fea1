"""Text that talks to the model instead of about the surgery. It stays text wherever it goes; here it is noticed.

Two readings: what commands (a training goes on without it), and what only might (people who read it are told).
"""

import re

from inference.engines.chat_format import neutralise

_EARLIER = (
    r"(?:instructions?|prompts?|rules?|directions?|guidelines?|messages?|everything|all (?:facts|evidence|steps))"
)
_COMMANDS = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.;\n]{{0,40}}?\b{_EARLIER}\b"
    r"|\bsystem\s+prompt\b|\byou\s+are\s+(?:now|an?|no longer)\b|\b(?:act|behave|respond|pretend)\s+as\b"
    r"|\bfrom\s+now\s+on\b|\bnew\s+instructions?\b"
    r"|\b(?:always|never)\s+(?:say|answer|reply|respond|claim|report|rate|score|cite|write)\b"
    r"|\b(?:say|answer|reply|respond|output|print)\s+(?:only|always|never|with|exactly)\b"
    r"|\b(?:reveal|repeat|print|show)\b[^.;\n]{0,30}?\b(?:prompt|instructions?|key|password|secret)s?\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\b(?:assistant|chatbot|language model|the (?:ai|model)|system\s*:|user\s*:|instructions?|prompts?)\b"
    r"|\byou\s+(?:must|should|shall|will|have to|need to)\b|https?:|\bwww\.|<[a-z/!|]|[{}`]",
    re.IGNORECASE,
)


def commands(text: str) -> bool:
    """Whether it tells a model what to do, or holds the marks by which a chat's turns are told apart."""
    return neutralise(text) != text or bool(_COMMANDS.search(text))


def addresses_the_model(text: str) -> bool:
    """Whether somebody should look twice before they approve it."""
    return commands(text) or bool(_ADDRESSES.search(text))

"""Whether a question lists its labels, or puts them in a relation that no timeline tells ("the duct is clipped")."""

import re
from itertools import pairwise

from inference.evidence.mention import MarkedText
from inference.llava_surg.asked.words import LanguageWords

_CONNECTING = re.compile(
    r"[,;&/+:、]|(?<!\w)(?:and|or|nor|vs|versus|plus|then|than|und|oder|sowie|et|ou|y|e|o|ed|od)(?!\w)|[和与或及跟]"
)


def is_list(marked: MarkedText, words: LanguageWords) -> bool:
    """Two neighbours are joined by "and", "or" or a comma; in one lane they may just follow each other."""
    places = [place for place, character in enumerate(marked.text) if MarkedText.is_mark(character)]
    for left, right in pairwise(places):
        between = marked.text[left + 1 : right]
        lanes = {marked.at(marked.text[place]).lane for place in (left, right)}
        if _CONNECTING.search(between) is None and (len(lanes) > 1 or between.strip()):
            return False
    return True

"""One row of the ontology, and how the forms of a word are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """`name` as detectors write it, `words` as an answer says it, `synonyms` as people write it: in the singular, with
    spaces; plurals, hyphens and joined spellings are understood. `columns`: in each detector's group the place of its
    output; a label without any is known and watched by nobody.

    `is_everyday`: a word of common language, which means this label only where a timeline uses it.
    """

    lane: str
    name: str
    words: str = ""
    synonyms: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    is_everyday: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.lane, self.name

    @property
    def is_said(self) -> bool:
        """Outputs such as "no action" are never put in words."""
        return not self.name.startswith("null_") and self.lane != "scene"

    @property
    def spoken(self) -> str:
        return self.words or plain(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called, in the singular; an action's name alone may be a thing's ("clip")."""
        if self.is_everyday or self.lane == "verb":
            return self.spoken, *self.synonyms
        return self.spoken, plain(self.name), *self.synonyms


def plain(name: str) -> str:
    """ "cystic_duct" -> "cystic duct"."""
    return name.replace("_", " ").replace("-", " ")


def verb_forms(*verbs: str) -> tuple[str, ...]:
    """grasp -> grasp, grasps, grasped, grasping: of regular English verbs, one with a doubled consonant written so
    ("clip+")."""
    return tuple(form for verb in verbs for form in _forms(verb))


def _forms(verb: str) -> tuple[str, ...]:
    if verb.endswith("+"):
        stem = verb[:-1]
        return stem, f"{stem}s", f"{stem}{stem[-1]}ed", f"{stem}{stem[-1]}ing"
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    return verb, third, f"{verb}ed", f"{verb}ing"

"""Which operation a frame is of, one name for it in every data set, and which of five folds holds it out.

Public sets hold the same operations under different names: CholecT50 VIDn and m2cai16-tool (through its own table) are
Cholec80 video n. One id for each operation makes that overlap a fact of the code; a fold holds an operation out of
everything at once.
"""

from dataclasses import dataclass

NUM_FOLDS = 5
CHOLEC80 = "cholec80"


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """`collection` : whose numbering it is, "cholec80" for CholecT50 and m2cai16-tool too · `number` : in there."""

    collection: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.collection}-{self.number:02d}"

    @property
    def fold(self) -> int:
        return self.number % NUM_FOLDS


def cholec80(number: int) -> Operation:
    return Operation(CHOLEC80, number)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A frame whose operation is not named, but is among `operations`: it may train only where none is held out."""

    collection: str
    operations: frozenset[Operation]

    @property
    def name(self) -> str:
        return f"{self.collection}-unnamed"


def may_train(origin: Operation | OneOf, *, held_out_fold: int | None) -> bool:
    """Whether a frame of this origin may train what is judged on `held_out_fold` (None: nothing is held out)."""
    if held_out_fold is None:
        return True
    operations = origin.operations if isinstance(origin, OneOf) else frozenset({origin})
    return all(operation.fold != held_out_fold for operation in operations)


def is_judged(origin: Operation | OneOf, *, held_out_fold: int) -> bool:
    """Frames whose operation is not named are never judged: nobody could say that training had not seen it."""
    return isinstance(origin, Operation) and origin.fold == held_out_fold

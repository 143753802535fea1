"""The seven tools of Cholec80, in the order in which its presence bits and the tool boxes number them."""

from collections.abc import Sequence

from inference.datasets.frames import Box, DatasetInvalid, present

INSTRUMENT = "instrument"
TOOLS = ("grasper", "bipolar", "hook", "scissors", "clipper", "irrigator", "specimen_bag")
UNKNOWN_BIT = "x"


def tools_of_bits(bits: str, *, where: str) -> dict[str, float]:
    """bits : seven of 0, 1 and x (not known) · returns the known ones."""
    if len(bits) != len(TOOLS) or not set(bits) <= {"0", "1", UNKNOWN_BIT}:
        raise DatasetInvalid(f"{where}: '{bits}' is not seven tool bits of 0, 1 and x")
    pairs = zip(TOOLS, bits, strict=True)
    return {f"{INSTRUMENT}/{tool}": float(bit) for tool, bit in pairs if bit != UNKNOWN_BIT}


def tools_of_boxes(boxes: Sequence[Sequence[float]], *, where: str) -> dict[str, float]:
    """boxes : rows of [class, x, y, w, h] · every tool without a box is absent."""
    classes = [int(box[0]) for box in boxes]
    if any(not 0 <= number < len(TOOLS) for number in classes):
        raise DatasetInvalid(f"{where}: a box of class {max(classes)}, and there are {len(TOOLS)} tools")
    return present(INSTRUMENT, TOOLS, [TOOLS[number] for number in classes])


def boxes_of_tools(boxes: Sequence[Sequence[float]]) -> tuple[Box, ...]:
    """boxes : rows of [class, x, y, w, h], known tools only"""
    return tuple(
        Box(name=f"{INSTRUMENT}/{TOOLS[int(number)]}", x=x, y=y, width=width, height=height)
        for number, x, y, width, height in boxes
    )

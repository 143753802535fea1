"""What frames, readers and the clip applier are worth as evidence of the phase in a recording of some length.

The dissection of Calot's triangle and that of the gallbladder look alike, and how much one recording looks like either
is a constant of its own: its frames repeat that constant, so that many of them tell no more than a few. What tells the
two apart in a whole operation is that the cystic duct is clipped and cut between them, and a clip applier looks the
same in every recording.
"""

import numpy as np

from inference.vision.outputs import EYES_NAMES, PHASE, PHASES, columns_of
from inference.vision.smoothing import Values

# A recording this short is a clip.
CLIP_S = 32.0
# Up to this length every frame counts in full; those of a longer recording repeat one another.
LONG_S = 1200.0
CALOT, LIVER_BED = PHASES.index("carlot-triangle-dissection"), PHASES.index("gallbladder-dissection")
# In how much of clipping and cutting an applier is seen, and in how much of any other phase. Round numbers chosen by
# hand: an applier is changed for scissors and back.
SEEN_SHARE, SEEN_ELSEWHERE = 0.4, 0.01
CLIPPING = PHASES.index("clipping-and-cutting")
APPLIER_COLUMN = EYES_NAMES.index("instrument/clipper")
# An applier is held for this many cells when it clips: one frame may be mistaken.
HELD_CELLS = 5
# Of what the branch says of a frame, the columns that are evidence of the phase.
EVIDENCE_COLUMNS = [*columns_of(PHASE.name, EYES_NAMES), APPLIER_COLUMN]


def look_worth(applier: Values, duration_s: float) -> float:
    """applier : (T,), probability that one is seen, a cell each · returns : by how much a frame's look between the two
    dissections counts. Where an applier is surely seen, all frames of a recording together count as much as those of
    one clip; where none is, order tells nothing and the look is all there is."""
    held = np.convolve(applier, np.full(HELD_CELLS, 1 / HELD_CELLS))
    return float(min(1.0, CLIP_S / duration_s) ** held.max())


def less_constant(log_probabilities: Values, worth: float) -> Values:
    """log_probabilities : (T, 7) · returns : (T, 7), the two dissections set apart by `worth` of what they were; what
    both have together stays."""
    difference = log_probabilities[:, CALOT] - log_probabilities[:, LIVER_BED]
    together = np.logaddexp(log_probabilities[:, CALOT], log_probabilities[:, LIVER_BED])
    changed = log_probabilities.copy()
    changed[:, CALOT] = together - np.logaddexp(0.0, -worth * difference)
    changed[:, LIVER_BED] = together - np.logaddexp(0.0, worth * difference)
    return changed


def frame_worth(duration_s: float) -> float:
    """By how much the evidence of one frame counts."""
    return min(1.0, LONG_S / duration_s)


def applier_evidence(applier: Values) -> Values:
    """applier : (T,), probability that one is seen · returns : (T, 7), log-likelihood of each phase."""
    shares = np.full(len(PHASES), SEEN_ELSEWHERE)
    shares[CLIPPING] = SEEN_SHARE
    seen = applier[:, None]
    return np.asarray(seen * np.log(shares) + (1 - seen) * np.log(1 - shares))

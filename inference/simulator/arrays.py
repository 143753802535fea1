"""The arrays everything in the simulator passes on."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

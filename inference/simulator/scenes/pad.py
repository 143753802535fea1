"""A silicone pad on the floor of the box."""

import numpy as np

from inference.simulator.arrays import Colour
from inference.simulator.draw import shade
from inference.simulator.scenes.ground import Ground, rectangle
from inference.simulator.textures import coloured, lit_relief, noise

PAD_COLOURS: tuple[Colour, ...] = ((214, 150, 132), (204, 134, 118), (222, 170, 150), (190, 118, 104))


def lay_pad(ground: Ground, rng: np.random.Generator, colour: Colour) -> None:
    pad = rectangle((0.0, 12.0), (122.0, 78.0), corner_mm=5.0)
    ground.darken(ground.mask(pad, soft_mm=4.0, shift_mm=(3.0, -5.0)), 0.6)
    ground.lay(ground.sheet.plain(shade(colour, 0.55)), ground.mask(pad, shift_mm=(0.0, -4.0)))
    relief = noise(rng, ground.sheet, cell_mm=24, octaves=5)
    skin = coloured(colour, 0.5 * noise(rng, ground.sheet, cell_mm=40, octaves=4), (10, 8, 7))
    ground.lay(lit_relief(ground.sheet, skin * 1.1, relief, strength=0.5, gloss=0.16), ground.mask(pad))

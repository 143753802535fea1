"""A pink silicone pad with an incision and dots; the stitches, the needle and its thread."""

import numpy as np

from inference.simulator.arrays import Array, Image
from inference.simulator.camera import Camera
from inference.simulator.draw import disc
from inference.simulator.frame_state import FrameState
from inference.simulator.scenes.eye import Eye
from inference.simulator.scenes.ground import box_floor, circle, floor_sheet
from inference.simulator.scenes.needle import BITE_MM, draw_needle_and_thread, needle_shadow, num_passed
from inference.simulator.scenes.pad import PAD_COLOURS, lay_pad
from inference.simulator.scenes.thread import THREADS, draw_thread
from inference.simulator.spec import SimulationSpec
from inference.simulator.tasks.needle import Passage, stitches


class SuturePadScene:
    def __init__(self, spec: SimulationSpec) -> None:
        self._rng = spec.rng("scene")
        self._sheet = floor_sheet(spec)
        self._stitches = stitches(spec)
        self._pad_colour = PAD_COLOURS[int(self._rng.integers(len(PAD_COLOURS)))]
        self._thread = THREADS[int(self._rng.integers(len(THREADS)))]

    def plate(self, camera: Camera) -> Image:
        rng = self._rng
        ground = box_floor(rng, self._sheet)
        lay_pad(ground, rng, self._pad_colour)
        line_mm = np.stack([0.6 * np.sin(np.linspace(0, 5, 30)), np.linspace(-20, 42, 30)], axis=1)
        ground.stroke(line_mm + np.array([0.7, -0.4]), (236, 190, 176), 2.0, share=0.6)
        ground.stroke(line_mm, (96, 34, 34), 1.5, share=0.9)
        for stitch in self._stitches:
            for side in (-BITE_MM, BITE_MM):
                ground.lay(
                    self._sheet.plain((40, 34, 44)),
                    ground.mask(circle((stitch.x_mm + side, stitch.y_mm), 1.0)) * 0.8,
                )
        ground.pool_of_light((float(rng.normal(0, 8)), float(rng.normal(12, 6))), radius_mm=95.0, floor=0.42)
        return ground.seen_by(camera)

    def shadows(self, state: FrameState) -> list[tuple[Array, float]]:
        return needle_shadow(state)

    def draw_ground(self, image: Image, state: FrameState, eye: Eye) -> None:
        """Stitches already made: thread over the incision, a hole at each end."""
        for stitch in self._stitches[: num_passed(state)]:
            ends = np.array([[stitch.x_mm - BITE_MM, stitch.y_mm, 0.2], [stitch.x_mm + BITE_MM, stitch.y_mm, 0.2]])
            for end in eye.px(ends):
                disc(image, end, 1.0 * eye.px_per_mm(ends[0]), (70, 30, 34))

    def draw_below(self, image: Image, state: FrameState, eye: Eye) -> None:
        done = num_passed(state)
        for before, after in zip(self._stitches[: max(0, done - 1)], self._stitches[1:done], strict=True):
            draw_thread(image, _over(before, after), eye, self._thread)

    def draw_above(self, image: Image, state: FrameState, eye: Eye) -> None:
        draw_needle_and_thread(image, state, eye, self._anchor(state), self._thread, floor_mm=0.0)

    def _anchor(self, state: FrameState) -> Array:
        """Where the running thread leaves the pad: the last exit, or its free end before the first stitch."""
        done = num_passed(state)
        if done == 0:
            return np.array([30.0, 22.0, 0.4])
        last = self._stitches[min(done, len(self._stitches)) - 1]
        return np.array([last.x_mm - BITE_MM, last.y_mm, 0.4])


def _over(before: Passage, after: Passage) -> Array:
    """The thread on the surface from one exit to the next entry."""
    start = np.array([before.x_mm - BITE_MM, before.y_mm, 0.3])
    end = np.array([after.x_mm + BITE_MM, after.y_mm, 0.3])
    t = np.linspace(0, 1, 8)[:, None]
    over: Array = start + (end - start) * t + np.array([0.0, 0.0, 1.2]) * 4 * t * (1 - t)
    return over

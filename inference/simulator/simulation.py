"""One simulated operation: its script, its frames, its truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from inference.simulator.arrays import Image
from inference.simulator.renderer import Renderer
from inference.simulator.scenes.abdomen import AbdomenScene
from inference.simulator.scenes.base import Scene
from inference.simulator.scenes.drain import DrainScene
from inference.simulator.scenes.gauze import GauzeScene
from inference.simulator.scenes.hoop_board import HoopBoardScene
from inference.simulator.scenes.peg_board import PegBoardScene
from inference.simulator.scenes.suture_pad import SuturePadScene
from inference.simulator.script import Script
from inference.simulator.spec import Hand, SimulationSpec, Task
from inference.simulator.tasks import knot_tying, needlework, organ, pattern_cutting, peg_transfer
from inference.simulator.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskParts:
    """`kinds` are the instruments at the start; `write` performs the task; `scene` draws it."""

    kinds: dict[Hand, str]
    write: Callable[[Script], None]
    scene: Callable[[SimulationSpec], Scene]


def task_parts(task: Task) -> TaskParts:
    return {
        "peg_transfer": TaskParts(
            kinds={"left": "grasper", "right": "grasper"}, write=peg_transfer.write, scene=PegBoardScene
        ),
        "pattern_cutting": TaskParts(
            kinds={"left": "grasper", "right": "scissors"}, write=pattern_cutting.write, scene=GauzeScene
        ),
        "suturing": TaskParts(
            kinds={"left": "needle_driver", "right": "needle_driver"},
            write=needlework.write_suturing,
            scene=SuturePadScene,
        ),
        "needle_passing": TaskParts(
            kinds={"left": "needle_driver", "right": "needle_driver"},
            write=needlework.write_needle_passing,
            scene=HoopBoardScene,
        ),
        "knot_tying": TaskParts(
            kinds={"left": "needle_driver", "right": "needle_driver"}, write=knot_tying.write, scene=DrainScene
        ),
        "organ": TaskParts(kinds={"left": "grasper", "right": "grasper"}, write=organ.write, scene=AbdomenScene),
    }[task]


class Simulation:
    """Frames and truth by frame index; the same spec gives the same bytes."""

    def __init__(self, spec: SimulationSpec) -> None:
        self.spec = spec
        parts = task_parts(spec.task)
        script = Script.open(spec, parts.kinds)
        parts.write(script)
        script.close()
        self.script = script
        self.timeline = Timeline(spec, script)
        self._scene = parts.scene

    @property
    def num_frames(self) -> int:
        return self.timeline.num_frames

    @property
    def duration_s(self) -> float:
        return self.timeline.duration_s

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(self.spec, self.timeline, self._scene(self.spec))

    def frame(self, frame_index: int) -> Image:
        """returns : shape (height_px, width_px, 3), uint8, RGB"""
        return self.renderer.frame(frame_index)

    def frames(self) -> Iterator[Image]:
        for frame_index in range(self.num_frames):
            yield self.renderer.frame(frame_index)

"""What answers hold to be looked for is what the shipped eyes and the box trainer's heads show."""

import pytest

from inference.evidence.kinds import VideoKind
from workers.runtime import frame_encoder, watched

pytestmark = pytest.mark.django_db


def test_the_eyes_say_what_is_watched_in_an_operation_and_the_simulators_heads_in_a_box_trainer() -> None:
    eyes = frame_encoder().eyes
    assert eyes is not None
    operation = watched().labels_for(VideoKind.LAPAROSCOPIC_CHOLECYSTECTOMY)
    assert {("instrument", "specimen_bag"), ("anatomy", "cystic_duct"), ("phase", "preparation")} <= operation
    assert ("finding", "bleeding") not in operation
    assert watched().labels_for(VideoKind.OTHER_LAPAROSCOPY) == {("finding", "bleeding"), ("body", "outside")}
    assert ("instrument", "needle_driver") in watched().labels_for(VideoKind.BOX_TRAINER)
    assert not {key for key in watched().labels_for(VideoKind.UNKNOWN) if key[0] not in {"kind"}}

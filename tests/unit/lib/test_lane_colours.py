"""Every lane that a timeline can show has a colour: without one it is drawn black, and black on black in the dark."""

import pytest

from tests.environment import ROOT
from webapp.videos.models import TimelineFact


@pytest.mark.parametrize("lane", TimelineFact.Lane.values)
def test_every_lane_has_a_colour(lane: str) -> None:
    rules = (ROOT / "static" / "css" / "timeline.css").read_text(encoding="utf-8")
    assert f'[data-lane="{lane}"]' in rules

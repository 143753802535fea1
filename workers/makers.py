"""Which version of which model this worker would look at a video with. A revision of a timeline says which it was."""

from inference.screen_text.found import ScreenText
from inference.vision.encoder import FrameEncoder
from inference.vision.timeline import TimelineHeads
from workers.runtime import frame_encoder, timeline_heads


def vision_models() -> tuple[FrameEncoder, TimelineHeads | None]:
    """Raises ModelMismatch where the two do not belong together."""
    encoder, heads = frame_encoder(), timeline_heads()
    if heads is not None and encoder.output_names:
        heads.require_match(encoder_id=encoder.encoder_id, output_names=encoder.output_names)
    return encoder, heads


def made_by(text: ScreenText | None) -> dict[str, str]:
    """Names, empty where there is no such model. `text`: what was found on the screen, if anybody looked."""
    encoder, heads = vision_models()
    return {
        "encoder": encoder.encoder_id,
        "heads": encoder.heads_id,
        "calibration": heads.calibration_id if heads is not None else "",
        "simulator_heads": encoder.simulator.heads_id if encoder.simulator is not None else "",
        "text_reader": text.reader_id if text is not None else "",
        "text_cover": text.covering_id if text is not None else "",
    }

"""Published checkpoints of this family, in the four layouts they come in, read strictly into one form."""

from inference.llava_surg.faithful.layouts.assemble import FaithfulWeights, load_layout
from inference.llava_surg.faithful.layouts.detect import Layout, detect_layout

__all__ = ["FaithfulWeights", "Layout", "detect_layout", "load_layout"]

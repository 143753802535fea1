// The page of one correction: cited moments seek the video, keys lead to the verdict.

import "../lib/player/seek_chips.js";
import "./read.js";

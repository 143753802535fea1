// The page behind "Why?".

import "../lib/player/seek_chips.js";
import "./cite.js";

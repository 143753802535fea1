// The Report tab and the pages of reviewers: evidence, moments, times that seek, and forms that take the marked part.

import "./evidence.js";
import "./moments.js";
import "../lib/player/seek_chips.js";
import { clock } from "../lib/words/time.js";

document.addEventListener("debrief:window", ({ detail }) => {
  if (!detail) return;
  for (const form of document.querySelectorAll("[data-window-form]")) {
    form.querySelector("[data-window-start]").value = precise(detail.start_s);
    form.querySelector("[data-window-end]").value = precise(detail.end_s);
  }
});

// "1:03.4": a tenth of a second is as fine as a hand marks.
function precise(seconds) {
  return `${clock(seconds)}.${Math.floor((seconds % 1) * 10)}`;
}

// Which key does what on the video page. Typing in a field, or a key that some part has used already, means nothing here.

import { isComposing } from "../page/typing.js";

const KEYS = {
  k: "toggle", " ": "toggle", j: "backwards", l: "faster",
  ",": "frameBack", ".": "frameForward", "[": "windowStart", "]": "windowEnd",
  ArrowLeft: "back1", ArrowRight: "forward1", Home: "toStart", End: "toEnd",
  f: "fullscreen", "?": "help",
};
const WITH_SHIFT = { ArrowLeft: "back5", ArrowRight: "forward5", "?": "help", K: "toggle", J: "backwards", L: "faster", F: "fullscreen" };
const TYPED_INTO = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], dialog";
const PRESSED_BY_SPACE = "button, a, summary, label, input, [role=button]";

export function typesText(target) {
  return target instanceof Element && target.closest(TYPED_INTO) !== null;
}

export function keyAction(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || isComposing(event)) return null;
  const target = event.target instanceof Element ? event.target : document.body;
  if (typesText(target)) return null;
  if (event.key === " " && target.closest(PRESSED_BY_SPACE)) return null;
  // Some keyboards need Alt (AltGr) for brackets; with any other key Alt belongs to the browser.
  if (event.altKey && event.key !== "[" && event.key !== "]") return null;
  const isArrowKey = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
  if (isArrowKey && target.closest("[role=tablist], [role=menu], input[type=radio]")) return null;
  if (event.shiftKey) return WITH_SHIFT[event.key] ?? null;
  return KEYS[event.key] ?? null;
}

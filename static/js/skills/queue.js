// The queue by keys: J and K go from row to row, Enter opens what the row offers first.

import { typesText } from "../lib/player/keys.js";

const rows = [...document.querySelectorAll("[data-queue] tbody tr")];
let current = -1;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step || !rows.length) return;
  event.preventDefault();
  rows[current]?.removeAttribute("data-current");
  current = Math.min(Math.max(current + step, 0), rows.length - 1);
  rows[current].setAttribute("data-current", "");
  rows[current].querySelector("[data-open]")?.focus();
});

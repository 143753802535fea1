// Reading a correction by keys: A leads to the approval, D to the reason of a decline.

import { typesText } from "../lib/player/keys.js";

const keys = { a: "[data-approve]", d: "[data-note]" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return;
  const wanted = keys[event.key] && document.querySelector(keys[event.key]);
  if (!wanted) return;
  event.preventDefault();
  wanted.focus();
});

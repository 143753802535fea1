// Copies an answer as plain text, with citations as times.

import { citationParts, clockRange } from "./citations.js";

const THANKS_MS = 2000;

export async function copyAnswer(turn) {
  await copy(plainWords(turn.querySelector(".answer-text").dataset.source));
  const words = turn.querySelector('[data-part="copy-words"]');
  words.textContent = "Copied";
  setTimeout(() => (words.textContent = "Copy"), THANKS_MS);
}

export function plainWords(source) {
  return citationParts(source)
    .map((part) => (typeof part === "string" ? part : `(${clockRange(part.start_s, part.end_s)})`))
    .join("");
}

// The clipboard API exists on https only.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

// Copies an answer as plain text, with citations as times.

import { clockRange } from "./citations.js";

const CITATION = /\[\[t=([\d.]+)-([\d.]+)\]\]/g;
const THANKS_MS = 2000;

export async function copyAnswer(turn) {
  const source = turn.querySelector(".answer-text").dataset.source;
  await copy(source.replace(CITATION, (_, start, end) => `(${clockRange(Number(start), Number(end))})`));
  const words = turn.querySelector('[data-part="copy-words"]');
  words.textContent = "Copied";
  setTimeout(() => (words.textContent = "Copy"), THANKS_MS);
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

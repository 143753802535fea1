// [[t=63.2-71.0]] in a model's text: found in a stream, and shown as a button that seeks the player.

import { clamp, clock } from "./time.js";

// webapp/conversations/rendering.py has the same pattern.
const CITATION = /\[\[t=(\d{1,7}(?:\.\d{1,3})?)-(\d{1,7}(?:\.\d{1,3})?)\]\]/g;
// A tail that could still become a citation when more text comes.
const UNFINISHED = /\[(?:\[(?:t(?:=(?:[\d.]{1,11}(?:-(?:[\d.]{1,11}\]?)?)?)?)?)?)?$/;
// One private character stands for one citation on its way through the Markdown parser, and one for every other opening
// bracket: it would begin a link or an image, which an answer may not have, and the parser would swallow it.
const FIRST_MARK = 0xe000;
const LAST_MARK = 0xf8fe;
const BRACKET_MARK = "\uf8ff";
export const MARKS = /[\ue000-\uf8ff]/;
const ALL_MARKS = /[\ue000-\uf8ff]/g;

export class CitationScanner {
  constructor(durationS) {
    this.durationS = Number.isFinite(durationS) ? durationS : Infinity;
    this.found = [];
    this.held = "";
  }

  // Text with marks for citations; what may still become one is held back.
  write(text) {
    const all = this.held + text.replace(ALL_MARKS, "");
    const tail = all.match(UNFINISHED)?.[0] ?? "";
    this.held = tail;
    return this.#mark(all.slice(0, all.length - tail.length));
  }

  end() {
    const rest = this.#mark(this.held);
    this.held = "";
    return rest;
  }

  // The button or the character that a mark stands for.
  drawMark(mark) {
    if (mark === BRACKET_MARK) return "[";
    const span = this.found[mark.charCodeAt(0) - FIRST_MARK];
    return span ? timeChip(span.start_s, span.end_s) : "";
  }

  #mark(text) {
    const marked = text.replace(CITATION, (whole, start, end) => {
      const [startS, endS] = [Number(start), Number(end)];
      const isFull = FIRST_MARK + this.found.length > LAST_MARK;
      if (endS < startS || isFull) return whole;
      this.found.push({ start_s: clamp(startS, 0, this.durationS), end_s: clamp(endS, 0, this.durationS) });
      return String.fromCharCode(FIRST_MARK + this.found.length - 1);
    });
    return marked.replaceAll("[", BRACKET_MARK);
  }
}

export function timeChip(startS, endS) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "time-chip";
  button.dataset.startS = String(startS);
  button.dataset.endS = String(endS);
  button.textContent = clockRange(startS, endS);
  button.setAttribute("aria-label", `Play ${clock(startS)} to ${clock(Math.ceil(endS))}`);
  return button;
}

export function clockRange(startS, endS) {
  return `${clock(startS)}–${clock(Math.ceil(endS))}`;
}

// [[t=63.2-71.0]] in a model's text: found in a stream, and shown as a button that seeks the player.
//
// The grammar is that of webapp/lib/citation.py; tests/vectors/citations.json tests both. What looks like a citation and
// is none, and one that never ends, is dropped with the blanks before it: nobody is shown raw marks.

import { clamp, clock } from "../words/time.js";

// Everything is bounded, or a text made for it would be read in quadratic time.
const BLANKS = "[ \\t]{0,8}";
const OPEN = `\\[{1,2}${BLANKS}t${BLANKS}=`;
const BODY = "[^\\[\\]]{0,80}";
const LIKE = new RegExp(`(${BLANKS})${OPEN}(${BODY})\\]{1,2}`, "gi");
// A tail that could still become a citation when more text comes, or blanks before one.
const UNFINISHED = new RegExp(`${BLANKS}\\[{1,2}${BLANKS}(?:t${BLANKS}(?:=${BODY}\\]?)?)?$|[ \\t]{1,8}$`, "i");
// At the end of a text these begin a citation beyond doubt; "[" or "[t" may be anything.
const HALF_WRITTEN = new RegExp(`${BLANKS}(?:\\[\\[${BLANKS}t?${BLANKS}|${OPEN}${BODY})$`, "i");
const SEPARATOR = /\s*[;,]\s*(?:t\s*=\s*)?/i;
const DASH = /\s*[-–—]\s*/;
const SECONDS = /^(\d{1,7}(?:\.\d{1,6})?)\s*s?$/i;
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,6})?)$/;
// The text cut at its citations: words, and {start_s, end_s} inside the video.
export function citationParts(text, durationS = Infinity) {
  const { found, rest } = cut(text, durationS);
  append(found, rest.replace(HALF_WRITTEN, ""));
  return found;
}

// Every citation as [[t=a-b]] inside the video and to a tenth of a second, everything malformed gone.
export function canonical(text, durationS = Infinity) {
  return citationParts(text, durationS).map((part) => (typeof part === "string" ? part : written(part))).join("");
}

// Of a text that still grows: without the tail that may become a citation.
export function withoutUnfinished(text) {
  return text.replace(UNFINISHED, "");
}

export function timeChip(startS, endS) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "time-chip";
  button.dataset.startS = String(startS);
  button.dataset.endS = String(endS);
  button.textContent = clockRange(startS, endS);
  button.setAttribute("aria-label", `Play ${clockRange(startS, endS)}`);
  return button;
}

// Whole seconds that enclose the stretch; a moment is one time.
export function clockRange(startS, endS) {
  const [first, last] = [clock(startS), clock(Math.ceil(endS))];
  return first === last ? first : `${first}–${last}`;
}

function written({ start_s: startS, end_s: endS }) {
  return `[[t=${tenth(startS)}-${tenth(endS)}]]`;
}

// A tie (63.25) goes to the even tenth, as in Python.
function tenth(seconds) {
  const isTie = (seconds * 4) % 2 === 1;
  return String(isTie ? (2 * Math.round(seconds * 5)) / 10 : Number(seconds.toFixed(1)));
}

function cut(text, durationS) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(LIKE)) {
    const spans = spansOf(match[2], durationS);
    append(found, text.slice(at, match.index) + (spans.length ? match[1] : ""));
    found.push(...spans);
    at = match.index + match[0].length;
  }
  return { found, rest: text.slice(at) };
}

// None if it is malformed.
function spansOf(body, durationS) {
  const items = body.trim().split(SEPARATOR).map((item) => item.split(DASH));
  if (items.some((item) => item.length > 2) || (items.length > 1 && items.some((item) => item.length < 2))) return [];
  const times = items.map((item) => item.map(seconds));
  if (times.flat().some(Number.isNaN)) return [];
  return times.map((item) => ({ start_s: clamp(Math.min(...item), 0, durationS), end_s: clamp(Math.max(...item), 0, durationS) }));
}

function seconds(text) {
  const plain = text.match(SECONDS);
  if (plain) return Number(plain[1]);
  const [, h, m, s] = text.match(CLOCK) ?? [];
  return s === undefined ? NaN : Number(h ?? 0) * 3600 + Number(m) * 60 + Number(s);
}

function append(found, text) {
  if (!text) return;
  if (typeof found.at(-1) === "string") found[found.length - 1] += text;
  else found.push(text);
}

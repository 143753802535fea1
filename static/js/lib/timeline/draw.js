// Draws segments and ticks as SVG. Only what is in view is made, so hours of video stay light.

import { clock, sureness } from "../words/time.js";

const SVG = "http://www.w3.org/2000/svg";
const LETTER_PX = 6.6;
const LEAST_PX = 2;

export function drawSegments(svg, segments, view, { height_px, isLabelled }) {
  const width_px = svg.clientWidth;
  const shapes = document.createDocumentFragment();
  let lastEnd_px = -1;
  for (const segment of segments) {
    if (segment.end_s < view.start_s || segment.start_s > view.end_s) continue;
    const x = Math.max(-2, view.x(segment.start_s, width_px));
    const end = Math.min(width_px + 2, view.x(segment.end_s, width_px));
    // Slivers that would hide under the one before are left out.
    if (end <= lastEnd_px && end - x < LEAST_PX) continue;
    const width = Math.max(LEAST_PX, end - x - 1);
    shapes.append(shape("rect", { class: `seg ${sureness(segment)}`, x, y: 2, width, height: height_px - 4, rx: 3 }));
    if (isLabelled) shapes.append(...label(segment, x, width, height_px));
    lastEnd_px = x + width;
  }
  svg.replaceChildren(shapes);
}

export function drawTicks(svg, view) {
  const width_px = svg.clientWidth;
  const marks = view.ticks(width_px).flatMap((time_s) => {
    const x = view.x(time_s, width_px);
    const words = shape("text", { x: Math.min(x + 4, width_px - 34), y: 14, class: "tick-words" });
    words.textContent = clock(time_s);
    return [shape("line", { x1: x, x2: x, y1: 4, y2: 22, class: "tick" }), words];
  });
  svg.replaceChildren(...marks);
}

function label(segment, x, width, height_px) {
  const room = Math.floor((width - 8) / LETTER_PX);
  if (room < 3) return [];
  const words = shape("text", { x: Math.max(x, 0) + 5, y: height_px / 2 + 4, class: "seg-words" });
  words.textContent = segment.label.length > room ? `${segment.label.slice(0, room - 1)}…` : segment.label;
  return [words];
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

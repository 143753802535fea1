// The timeline as a table: the same segments as text, each a button that seeks.

import { clock, likelihood } from "../words/time.js";

export function listTable(lanes, onSeek) {
  const table = document.createElement("table");
  table.className = "table small";
  const head = table.createTHead().insertRow();
  for (const words of ["From", "To", "Lane", "What", "How likely"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = words;
    head.append(cell);
  }
  const body = table.createTBody();
  const all = lanes.flatMap((lane) => lane.segments.map((segment) => ({ ...segment, title: lane.title })));
  for (const segment of all.sort((a, b) => a.start_s - b.start_s)) body.append(row(segment, onSeek));
  return table;
}

function row(segment, onSeek) {
  const made = document.createElement("tr");
  const jump = document.createElement("button");
  jump.type = "button";
  jump.className = "button plain small num";
  jump.textContent = clock(segment.start_s);
  jump.setAttribute("aria-label", `Go to ${clock(segment.start_s)}, ${segment.label}`);
  jump.addEventListener("click", () => onSeek(segment));
  made.insertCell().append(jump);
  const likely = segment.probability == null ? "" : likelihood(segment.probability);
  for (const words of [clock(segment.end_s), segment.title, segment.label, likely]) made.insertCell().textContent = words;
  return made;
}

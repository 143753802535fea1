// The rows of the timeline as elements: a name on the left, a track on the right that the keyboard can enter.

import { union } from "./lines.js";

const SVG = "http://www.w3.org/2000/svg";
const ROW_PX = 24;
const RULER_PX = 24;
// Citations overlap, and all of them would say the same.
const CITED = "citation";

export function rulerRow() {
  const row = element("div", "line ruler");
  const svg = track(RULER_PX);
  row.append(element("span", "line-name"), svg);
  return { row, svg };
}

// Each lane gives one or more rows: {row, svg, lane, segments, isLabelled}.
export function laneRows(lane, onFold) {
  const rows = [headRow(lane, onFold)];
  if (lane.canFold && !lane.isFolded) {
    for (const { label, segments } of lane.lines) rows.push(line({ lane, name: label, segments, isSub: true }));
  }
  return rows;
}

function headRow(lane, onFold) {
  const isOpen = lane.canFold && !lane.isFolded;
  const made = line({ lane, name: lane.title, segments: isOpen ? [] : lane.segments, isLabelled: !lane.canFold && lane.lane !== CITED });
  if (!lane.canFold) return made;
  if (lane.isFolded) made.drawn = union(lane.segments);
  const fold = element("button", "fold");
  fold.type = "button";
  fold.setAttribute("aria-expanded", String(isOpen));
  fold.append(element("span", "icon icon-fold"), document.createTextNode(lane.title));
  fold.addEventListener("click", onFold);
  made.row.firstElementChild.replaceChildren(fold);
  if (isOpen) {
    made.slot.removeAttribute("role");
    made.slot.removeAttribute("aria-label");
    made.isSilent = true;
  }
  return made;
}

function line({ lane, name, segments, isLabelled = false, isSub = false }) {
  const row = element("div", isSub ? "line sub" : "line");
  row.dataset.lane = lane.lane;
  const title = element("span", "line-name");
  title.textContent = name;
  title.title = name;
  const slot = element("div", "slot");
  slot.setAttribute("role", "slider");
  slot.setAttribute("aria-label", isSub ? `${lane.title}: ${name}` : lane.title);
  slot.tabIndex = -1;
  const svg = track(ROW_PX);
  slot.append(svg);
  row.append(title, slot);
  return { row, slot, svg, lane, segments, isLabelled, height_px: ROW_PX, name: isSub ? `${lane.title}, ${name}` : lane.title };
}

function track(height_px) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "track");
  svg.setAttribute("height", String(height_px));
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

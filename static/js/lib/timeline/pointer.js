// The pointer on the timeline: a click seeks, a drag selects a window, hovering names what is there, a wheel zooms or pans.

import { clamp, clock } from "../words/time.js";
import { wordsAt } from "./lines.js";

const DRAG_FROM_PX = 5;
const SLACK_PX = 3;

export function dragAndHover(timeline) {
  const { place } = timeline;
  let from = null;

  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !isOnTrack(event.target)) return;
    from = { x: event.clientX, time_s: timeAt(timeline, event.clientX), isDrag: false };
    place.setPointerCapture(event.pointerId);
    const row = rowOf(timeline, event.target);
    if (row && !row.isSilent) timeline.activate(row);
  });

  place.addEventListener("pointermove", (event) => {
    if (!from) return hover(timeline, event);
    from.isDrag ||= Math.abs(event.clientX - from.x) > DRAG_FROM_PX;
    timeline.tip.hidden = true;
    if (from.isDrag) timeline.drawWindow(ordered(from.time_s, timeAt(timeline, event.clientX)));
  });

  place.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to_s = timeAt(timeline, event.clientX);
    if (from.isDrag) timeline.player.window = ordered(from.time_s, to_s);
    else timeline.seek(to_s);
    from = null;
  });

  place.addEventListener("pointercancel", () => {
    from = null;
    timeline.drawWindow(timeline.player.window);
  });
  place.addEventListener("pointerleave", () => timeline.tip && (timeline.tip.hidden = true));
  place.addEventListener("wheel", (event) => wheel(timeline, event), { passive: false });
}

function hover(timeline, event) {
  const { tip } = timeline;
  if (!tip) return;
  const row = rowOf(timeline, event.target);
  tip.hidden = !isOnTrack(event.target);
  if (tip.hidden) return;
  const time_s = timeAt(timeline, event.clientX);
  const slack_s = (SLACK_PX / timeline.over.clientWidth) * timeline.view.span_s;
  tip.textContent = (row && wordsAt(row.segments, time_s, slack_s)) || clock(time_s);
  const area = timeline.over.getBoundingClientRect();
  const half = tip.offsetWidth / 2;
  tip.style.left = `${clamp(event.clientX - area.left, half, Math.max(half, area.width - half))}px`;
  tip.style.top = `${event.clientY - area.top}px`;
}

function wheel(timeline, event) {
  if (!timeline.view || !isOnTrack(event.target)) return;
  if (event.ctrlKey) {
    event.preventDefault();
    return timeline.zoom(event.deltaY < 0 ? 1 : -1, timeAt(timeline, event.clientX));
  }
  const sideways = event.shiftKey ? event.deltaY : event.deltaX;
  if (timeline.view.isWhole || Math.abs(sideways) < 1) return;
  event.preventDefault();
  timeline.view.moveTo(timeline.view.start_s + (sideways / timeline.over.clientWidth) * timeline.view.span_s);
  timeline.draw();
}

function timeAt(timeline, clientX) {
  const { left, width } = timeline.over.getBoundingClientRect();
  return timeline.view.time(clientX - left, width);
}

function rowOf(timeline, target) {
  return timeline.rows.find(({ row }) => row.contains(target)) ?? null;
}

function isOnTrack(target) {
  return Boolean(target.closest?.(".slot, .ruler .track"));
}

function ordered(a, b) {
  return { start_s: Math.min(a, b), end_s: Math.max(a, b) };
}

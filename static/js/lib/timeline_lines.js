// From the lanes of the server to the lines that are drawn: one line per lane, or one per label where labels overlap.

import { clock, likelihood } from "./time.js";

const LINE_PER_LABEL = new Set(["instrument", "verb", "target"]);
const FOLDED_AT_FIRST = new Set(["verb", "target", "body", "text"]);
const FOLDS_KEY = "debrief:folded-lanes";

export function lanesFrom(data) {
  const folds = readFolds();
  return data.lanes
    .filter(({ segments }) => segments.length)
    .map(({ lane, title, segments }) => {
      const sorted = [...segments].sort((a, b) => a.start_s - b.start_s);
      const byLabel = LINE_PER_LABEL.has(lane);
      return {
        lane,
        title,
        segments: sorted,
        canFold: byLabel,
        isFolded: byLabel && (folds[lane] ?? FOLDED_AT_FIRST.has(lane)),
        lines: byLabel ? linesByLabel(sorted) : [],
      };
    });
}

export function rememberFold({ lane, isFolded }) {
  localStorage.setItem(FOLDS_KEY, JSON.stringify({ ...readFolds(), [lane]: isFolded }));
}

export function segmentAt(segments, time_s, slack_s = 0) {
  const hits = segments.filter((s) => s.start_s - slack_s <= time_s && time_s <= s.end_s + slack_s);
  return hits.sort((a, b) => a.end_s - a.start_s - (b.end_s - b.start_s))[0] ?? null;
}

export function nextSegment(segments, time_s) {
  return segments.find((segment) => segment.start_s > time_s + 0.05) ?? null;
}

export function previousSegment(segments, time_s) {
  return segments.findLast((segment) => segment.start_s < time_s - 0.5) ?? null;
}

export function segmentWords({ label, start_s, end_s, probability }) {
  const times = `${clock(start_s)} to ${clock(end_s)}`;
  return probability == null ? `${label}, ${times}` : `${label}, ${times}, ${likelihood(probability)}`;
}

function linesByLabel(segments) {
  const lines = new Map();
  for (const segment of segments) {
    if (!lines.has(segment.label)) lines.set(segment.label, []);
    lines.get(segment.label).push(segment);
  }
  const total = (list) => list.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
  return [...lines]
    .map(([label, list]) => ({ label, segments: list }))
    .sort((a, b) => total(b.segments) - total(a.segments));
}

function readFolds() {
  try {
    return JSON.parse(localStorage.getItem(FOLDS_KEY)) ?? {};
  } catch {
    return {};
  }
}

// From the lanes of the server to the lines that are drawn: one line per lane, or one per label where labels overlap.

import { clamp, clock, likelihood, sureness } from "../words/time.js";

const LINE_PER_LABEL = new Set(["instrument", "verb", "target", "text"]);
const FOLDED_AT_FIRST = new Set(["verb", "target", "body", "text"]);
// A seek to where one segment ends and the next begins means the next.
const EDGE_S = 0.02;
const MOST_WORDS = 3;
// Menus of a recorder can say a hundred things; those shown longest get a line each.
const MOST_LINES = 24;
const FOLDS_KEY = "debrief:folded-lanes";

export function lanesFrom(data) {
  const folds = readFolds();
  return data.lanes
    .filter(({ segments }) => segments.length)
    .map(({ lane, title, segments }) => {
      const sorted = inside(segments, data.duration_s).sort((a, b) => a.start_s - b.start_s);
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

// A model looks once a second; the last of these seconds may be longer than the video.
function inside(segments, duration_s) {
  const last_s = duration_s || Infinity;
  return segments.map((segment) => ({ ...segment, end_s: clamp(segment.end_s, 0, last_s) })).filter(isLong);
}

function isLong({ start_s, end_s }) {
  return end_s > start_s;
}

export function rememberFold({ lane, isFolded }) {
  localStorage.setItem(FOLDS_KEY, JSON.stringify({ ...readFolds(), [lane]: isFolded }));
}

export function segmentAt(segments, time_s) {
  return segmentsAt(segments, time_s + EDGE_S, 0)[0] ?? null;
}

// What was found at a second, in words; a folded lane may have several things at once.
export function wordsAt(segments, time_s, slack_s = 0) {
  const hits = segmentsAt(segments, time_s + EDGE_S, slack_s);
  const words = hits.slice(0, MOST_WORDS).map(segmentWords);
  if (hits.length > MOST_WORDS) words.push(`and ${hits.length - MOST_WORDS} more`);
  return words.join("; ");
}

export function nextSegment(segments, time_s) {
  return segments.find((segment) => segment.start_s > time_s + 0.05) ?? null;
}

export function previousSegment(segments, time_s) {
  return segments.findLast((segment) => segment.start_s < time_s - 0.5) ?? null;
}

function segmentWords({ label, start_s, end_s, probability }) {
  const times = `${clock(start_s)} to ${clock(end_s)}`;
  return probability == null ? `${label}, ${times}` : `${label}, ${times}, ${likelihood(probability)}`;
}

// Where anything at all was found, and how surely: what a folded lane draws. At each second the surest one counts.
export function union(segments) {
  const edges = [...new Set(segments.flatMap(({ start_s, end_s }) => [start_s, end_s]))].sort((a, b) => a - b);
  const byStart = [...segments].sort((a, b) => a.start_s - b.start_s);
  const spans = [];
  let open = [];
  let next = 0;
  for (let at = 0; at + 1 < edges.length; at += 1) {
    const [start_s, end_s] = [edges[at], edges[at + 1]];
    while (next < byStart.length && byStart[next].start_s <= start_s) open.push(byStart[next++]);
    open = open.filter((segment) => segment.end_s > start_s);
    if (open.length) add(spans, { label: "", start_s, end_s, probability: surest(open) });
  }
  return spans;
}

function add(spans, span) {
  const last = spans.at(-1);
  const isSame = last && last.end_s === span.start_s && sureness(last) === sureness(span);
  if (isSame) last.end_s = span.end_s;
  else spans.push(span);
}

function surest(segments) {
  const known = segments.map(({ probability }) => probability);
  return known.includes(null) ? null : Math.max(...known);
}

function linesByLabel(segments) {
  const lines = new Map();
  for (const segment of segments) {
    if (!lines.has(segment.label)) lines.set(segment.label, []);
    lines.get(segment.label).push(segment);
  }
  const total = (list) => list.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
  const longestFirst = [...lines]
    .map(([label, list]) => ({ label, segments: list }))
    .sort((a, b) => total(b.segments) - total(a.segments));
  return longestFirst.length > MOST_LINES ? withRestInOne(longestFirst) : longestFirst;
}

function withRestInOne(lines) {
  const rest = lines.slice(MOST_LINES - 1);
  const segments = rest.flatMap((line) => line.segments).sort((a, b) => a.start_s - b.start_s);
  return [...lines.slice(0, MOST_LINES - 1), { label: `${rest.length} more`, segments }];
}

// The shortest first: it would be hidden behind the longer ones.
function segmentsAt(segments, time_s, slack_s) {
  return segments
    .filter(({ start_s, end_s }) => start_s - slack_s <= time_s && time_s <= end_s + slack_s)
    .sort((a, b) => a.end_s - a.start_s - (b.end_s - b.start_s));
}

function readFolds() {
  try {
    return JSON.parse(localStorage.getItem(FOLDS_KEY)) ?? {};
  } catch {
    return {};
  }
}

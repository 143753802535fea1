// <debrief-timeline>: lanes of what a model saw, under the player. Click and keys seek, a drag selects a window,
// + and - zoom, lanes fold. It speaks to the player and listens to `debrief:time`, `debrief:window`, `debrief:citations`.

import { typesText } from "./lib/player/keys.js";
import { clock } from "./lib/words/time.js";
import { TimeView } from "./lib/timeline/view.js";
import { drawSegments, drawTicks } from "./lib/timeline/draw.js";
import { lanesFrom, nextSegment, previousSegment, rememberFold, segmentAt, wordsAt } from "./lib/timeline/lines.js";
import { listTable } from "./lib/timeline/list.js";
import { dragAndHover } from "./lib/timeline/pointer.js";
import { laneRows, rulerRow } from "./lib/timeline/rows.js";
import { isComposing } from "./lib/page/typing.js";

const KEYS = { "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", "−": "zoomOut", n: "next", p: "previous", w: "windowFromSegment" };
const ROW_KEYS = { ArrowUp: "rowUp", ArrowDown: "rowDown", PageDown: "next", PageUp: "previous", Enter: "toSegmentStart" };

class Timeline extends HTMLElement {
  connectedCallback() {
    this.player = document.querySelector("debrief-player");
    this.place = this.part("lanes");
    this.lanes = [];
    this.citations = [];
    this.rows = [];
    this.activeKey = null;
    this.stopListening = new AbortController();
    this.listen();
    dragAndHover(this);
    this.load();
  }

  disconnectedCallback() {
    this.stopListening.abort();
    this.resized?.disconnect();
  }

  async load() {
    this.tell("Loading the timeline…");
    this.button("reload").hidden = true;
    const response = await fetch(this.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
    const data = response?.ok ? await response.json().catch(() => null) : null;
    if (!data) return this.failed();
    this.view = new TimeView(data.duration_s || Number(this.dataset.durationS) || 1);
    this.lanes = lanesFrom(data);
    this.tell(data.note || this.lanes.length ? data.note || "" : "No phases or instruments have been found in this video. You can still drag here to choose the part to ask about.");
    this.part("as-list").hidden = this.lanes.length === 0;
    const textNote = this.part("text-note");
    if (textNote) textNote.hidden = !this.lanes.some(({ lane }) => lane === "text");
    this.build();
  }

  failed() {
    this.tell("The timeline could not be loaded. The video itself can still be played.");
    this.button("reload").hidden = false;
  }

  reload() {
    this.load();
  }

  // --- what is on the screen ---

  build() {
    this.ruler = rulerRow();
    this.rows = this.allLanes().flatMap((lane) => laneRows(lane, () => this.fold(lane)));
    this.place.replaceChildren(this.ruler.row, ...this.rows.map(({ row }) => row), this.buildOverlay());
    this.keepActive();
    this.draw();
  }

  allLanes() {
    if (!this.citations.length) return this.lanes;
    const cited = { lane: "citation", title: "Cited", segments: this.citations, canFold: false, lines: [] };
    return [...this.lanes, cited];
  }

  buildOverlay() {
    this.over = document.createElement("div");
    this.over.className = "over";
    for (const name of ["shade", "playhead"]) {
      this[name] = document.createElement("div");
      this[name].className = name;
      this.over.append(this[name]);
    }
    this.tip = document.createElement("div");
    this.tip.className = "tip small";
    this.tip.hidden = true;
    this.over.append(this.tip);
    return this.over;
  }

  draw() {
    if (!this.ruler) return;
    drawTicks(this.ruler.svg, this.view);
    for (const { svg, segments, drawn, isLabelled, height_px } of this.rows) {
      drawSegments(svg, drawn ?? segments, this.view, { height_px, isLabelled });
    }
    const pan = this.part("pan");
    pan.hidden = this.view.isWhole;
    pan.max = String(Math.max(0, this.view.duration_s - this.view.span_s));
    pan.value = String(this.view.start_s);
    pan.setAttribute("aria-valuetext", `${clock(this.view.start_s)} to ${clock(this.view.end_s)}`);
    this.button("zoomOut").disabled = this.view.isWhole;
    this.drawTime();
    this.drawWindow(this.player.window);
  }

  drawTime() {
    if (!this.over) return;
    const x = this.view.x(this.now_s, this.over.clientWidth);
    this.playhead.hidden = x < -1 || x > this.over.clientWidth + 1;
    this.playhead.style.transform = `translateX(${x}px)`;
    this.readOut();
  }

  drawWindow(range) {
    if (!this.over) return;
    this.shade.hidden = !range;
    if (!range) return;
    const width = this.over.clientWidth;
    const [from, to] = [this.view.x(range.start_s, width), this.view.x(range.end_s, width)];
    this.shade.style.left = `${Math.max(0, from)}px`;
    this.shade.style.width = `${Math.max(0, Math.min(width, to) - Math.max(0, from))}px`;
  }

  // What the active line shows at this second, for eyes and for screen readers.
  readOut() {
    const active = this.active;
    if (!active) return;
    const words = wordsAt(active.segments, this.now_s) || `nothing found at ${clock(this.now_s)}`;
    if (this.lastWords === active.name + words) return;
    this.lastWords = active.name + words;
    this.part("readout").textContent = `${active.name}: ${words}`;
    active.slot.setAttribute("aria-valuetext", words);
    active.slot.setAttribute("aria-valuenow", this.now_s.toFixed(1));
  }

  // --- actions, named as the buttons and keys name them ---

  zoomIn() { this.zoom(1); }
  zoomOut() { this.zoom(-1); }

  zoom(direction, anchor_s = this.now_s) {
    if (!this.view) return;
    this.view.zoom(direction, anchor_s);
    this.draw();
  }

  next() { this.jump(nextSegment); }
  previous() { this.jump(previousSegment); }

  jump(find) {
    const found = this.active && find(this.active.segments, this.now_s);
    if (found) this.seek(found.start_s);
  }

  toSegmentStart() {
    const found = this.active && segmentAt(this.active.segments, this.now_s);
    if (found) this.seek(found.start_s);
  }

  windowFromSegment() {
    const found = this.active && segmentAt(this.active.segments, this.now_s);
    if (found) this.player.window = found;
  }

  rowUp() { this.moveActive(-1); }
  rowDown() { this.moveActive(1); }

  seek(time_s) {
    this.player.currentTime_s = time_s;
    if (this.view.follow(time_s)) this.draw();
  }

  fold(lane) {
    lane.isFolded = !lane.isFolded;
    rememberFold(lane);
    this.build();
    this.place.querySelector(`[data-lane="${lane.lane}"] .fold`)?.focus();
  }

  // --- which line the keys speak to ---

  get now_s() {
    return this.player.currentTime_s;
  }

  get active() {
    return this.rows.find((row) => row.name === this.activeKey) ?? null;
  }

  get lively() {
    return this.rows.filter((row) => !row.isSilent);
  }

  keepActive() {
    const kept = this.active && !this.active.isSilent ? this.active : this.lively[0];
    if (kept) this.activate(kept);
  }

  activate(row) {
    this.activeKey = row.name;
    this.lastWords = null;
    for (const other of this.lively) {
      other.slot.tabIndex = other === row ? 0 : -1;
      other.row.toggleAttribute("data-active", other === row);
      other.slot.setAttribute("aria-valuemin", "0");
      other.slot.setAttribute("aria-valuemax", this.view.duration_s.toFixed(1));
      other.slot.setAttribute("aria-valuenow", this.now_s.toFixed(1));
    }
    this.readOut();
  }

  moveActive(step) {
    const all = this.lively;
    const target = all[all.indexOf(this.active) + step];
    if (!target) return;
    this.activate(target);
    target.slot.focus();
  }

  // --- listening ---

  listen() {
    const { signal } = this.stopListening;
    document.addEventListener("debrief:time", ({ detail }) => this.timePassed(detail), { signal });
    document.addEventListener("debrief:window", ({ detail }) => this.drawWindow(detail), { signal });
    document.addEventListener("debrief:citations", ({ detail }) => this.cite(detail), { signal });
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-do]")?.dataset.do;
      if (action) this[action]();
    });
    this.addEventListener("focusin", ({ target }) => {
      const row = this.rows.find(({ slot }) => slot === target);
      if (row && row.name !== this.activeKey) this.activate(row);
    });
    this.part("pan").addEventListener("input", ({ target }) => {
      this.view.moveTo(Number(target.value));
      this.draw();
    });
    this.part("as-list").addEventListener("toggle", ({ target }) => target.open && this.showList());
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.place);
  }

  timePassed({ time_s, isPlaying }) {
    if (!this.view) return;
    if (isPlaying && this.view.follow(time_s)) this.draw();
    else this.drawTime();
  }

  cite(citations) {
    this.citations = [...citations].sort((a, b) => a.start_s - b.start_s).map(asSegment);
    if (this.view) this.build();
  }

  pressed(event) {
    if (event.defaultPrevented || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typesText(event.target)) return;
    const isOnRow = Boolean(event.target.closest?.(".slot"));
    const action = KEYS[event.key] ?? (isOnRow ? ROW_KEYS[event.key] : undefined);
    if (action) {
      event.preventDefault();
      this[action]();
    }
    if (event.key === "Escape" && this.contains(event.target)) this.player.window = null;
  }

  showList() {
    const place = this.part("as-list").lastElementChild;
    place.replaceChildren(listTable(this.allLanes(), ({ start_s }) => this.seek(start_s)));
  }

  tell(words) {
    const note = this.part("note");
    note.textContent = words;
    note.hidden = !words;
  }

  button(action) {
    return this.querySelector(`[data-do="${action}"]`);
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }
}

// Answers cite seconds; a model's likelihood does not belong to them.
function asSegment({ start_s, end_s }) {
  return { label: "cited in an answer", start_s, end_s, probability: null };
}

customElements.whenDefined("debrief-player").then(() => customElements.define("debrief-timeline", Timeline));

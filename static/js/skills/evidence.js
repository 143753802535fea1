// <debrief-evidence>: what each second adds to the margin, drawn over the length of the video. A click seeks.

import { clock } from "../lib/words/time.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT_PX = 48;
const LEAST_BAR_PX = 2;

class Evidence extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(this.querySelector("script").textContent);
    this.svg = this.querySelector(".evidence-curve");
    this.readout = this.querySelector("[data-readout]");
    this.stopListening = new AbortController();
    const { signal } = this.stopListening;
    document.addEventListener("debrief:time", ({ detail }) => this.mark(detail.time_s), { signal });
    this.svg.addEventListener("click", (event) => this.seek(event.offsetX), { signal });
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.svg);
  }

  disconnectedCallback() {
    this.stopListening.abort();
    this.resized.disconnect();
  }

  draw() {
    const width = this.svg.clientWidth;
    const { evidence, duration_s } = this.data;
    if (!width || !duration_s) return;
    const stretches = gathered(evidence, Math.ceil((LEAST_BAR_PX * duration_s) / width));
    const most = Math.max(...stretches.map(({ margin }) => Math.abs(margin)), 1e-9);
    const middle = HEIGHT_PX / 2;
    const bars = stretches.map(({ start_s, end_s, margin }) => {
      const height = Math.max(0.5, (Math.abs(margin) / most) * (middle - 2));
      return shape("rect", {
        class: margin >= 0 ? "evidence-for" : "evidence-against",
        x: (start_s / duration_s) * width,
        width: Math.max(1, ((end_s - start_s) / duration_s) * width - 0.5),
        y: margin >= 0 ? middle - height : middle,
        height,
      });
    });
    this.now = shape("line", { class: "evidence-now", y1: 0, y2: HEIGHT_PX });
    const line = shape("line", { class: "evidence-line", x1: 0, x2: width, y1: middle, y2: middle });
    this.svg.replaceChildren(...bars, line, this.now);
    this.mark(this.time_s ?? 0);
  }

  mark(time_s) {
    this.time_s = time_s;
    if (!this.now) return;
    const x = String((time_s / this.data.duration_s) * this.svg.clientWidth);
    this.now.setAttribute("x1", x);
    this.now.setAttribute("x2", x);
    const part = this.data.evidence.find(({ start_s, end_s }) => time_s >= start_s && time_s < end_s);
    const words = part && `${clock(part.start_s)} speaks for ${part.margin >= 0 ? this.data.level : this.data.next}`;
    this.readout.textContent = part ? `${words} (${part.margin >= 0 ? "+" : "−"}${Math.abs(part.margin).toFixed(2)})` : "";
  }

  seek(x) {
    const time_s = (x / this.svg.clientWidth) * this.data.duration_s;
    document.dispatchEvent(new CustomEvent("debrief:seek", { detail: { start_s: time_s } }));
  }
}

// Of a long video several seconds share a bar: their sum, so that bars still add up to the margin.
function gathered(evidence, size) {
  if (size <= 1) return evidence;
  const stretches = [];
  for (let first = 0; first < evidence.length; first += size) {
    const parts = evidence.slice(first, first + size);
    const margin = parts.reduce((sum, part) => sum + part.margin, 0);
    stretches.push({ start_s: parts[0].start_s, end_s: parts.at(-1).end_s, margin });
  }
  return stretches;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

customElements.define("debrief-evidence", Evidence);

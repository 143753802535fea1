// The stretch of time that the timeline shows, and the arithmetic between seconds and pixels.

import { clamp } from "../words/time.js";

const ZOOM_STEP = 1.6;
const LEAST_SPAN_S = 5;
const TICK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

export class TimeView {
  constructor(duration_s) {
    this.duration_s = duration_s;
    this.start_s = 0;
    this.span_s = duration_s;
  }

  get end_s() {
    return this.start_s + this.span_s;
  }

  get isWhole() {
    return this.span_s >= this.duration_s - 0.001;
  }

  x(time_s, width_px) {
    return ((time_s - this.start_s) / this.span_s) * width_px;
  }

  time(x_px, width_px) {
    return clamp(this.start_s + (x_px / width_px) * this.span_s, 0, this.duration_s);
  }

  // Keeps the anchor where it is on the screen, as far as the ends of the video allow.
  zoom(direction, anchor_s) {
    const least = Math.min(LEAST_SPAN_S, this.duration_s);
    const span_s = clamp(this.span_s * ZOOM_STEP ** -direction, least, this.duration_s);
    const share = clamp((anchor_s - this.start_s) / this.span_s, 0, 1);
    this.span_s = span_s;
    this.moveTo(anchor_s - share * span_s);
  }

  moveTo(start_s) {
    this.start_s = clamp(start_s, 0, this.duration_s - this.span_s);
  }

  // Turns the page when the playhead has left it.
  follow(time_s) {
    if (time_s >= this.start_s && time_s <= this.end_s) return false;
    this.moveTo(time_s - this.span_s * 0.1);
    return true;
  }

  ticks(width_px) {
    const most = Math.max(2, Math.floor(width_px / 72));
    const step_s = TICK_STEPS_S.find((step) => this.span_s / step <= most) ?? TICK_STEPS_S.at(-1);
    const ticks = [];
    for (let time_s = Math.ceil(this.start_s / step_s) * step_s; time_s <= this.end_s; time_s += step_s) ticks.push(time_s);
    return ticks;
  }
}

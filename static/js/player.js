// <debrief-player>: own controls around the browser's <video>. Everything on the page that knows a time talks to it.
//
//   in:  document event `debrief:seek` {start_s, end_s}; properties currentTime_s, window
//   out: `debrief:time` {time_s} while the picture moves, `debrief:window` {start_s, end_s} | null

import { keyAction } from "./lib/player/keys.js";
import { ReversePlay } from "./lib/player/reverse.js";
import { Seeker } from "./lib/player/seeker.js";
import { SpritePreview, SpriteSheet } from "./lib/player/sprite.js";
import { clamp, clock } from "./lib/words/time.js";
import { toast } from "./lib/page/toast.js";

const FORWARD_RATES = [1, 1.5, 2, 4];
const DEFAULT_WINDOW_S = 30;

class Player extends HTMLElement {
  #window = null;

  connectedCallback() {
    this.video = this.querySelector("video");
    this.video.controls = false;
    this.chosenRate = this.video.playbackRate;
    this.part("deck").inert = false;
    this.scrub = this.part("scrub");
    this.seeker = new Seeker(this.video);
    this.reverse = new ReversePlay((step_s) => this.seekBy(step_s));
    this.sheet = new SpriteSheet(this.dataset.sprite, this.dataset.spriteIndex);
    this.preview = new SpritePreview(this, this.sheet);
    this.stopListening = new AbortController();
    this.listenToVideo();
    this.listenToControls();
    this.listenToPage();
    this.openAt(new URLSearchParams(location.search).get("t"));
    this.draw();
  }

  disconnectedCallback() {
    this.stopListening.abort();
    cancelAnimationFrame(this.frame);
    this.reverse.stop();
  }

  // --- what other parts of the page use ---

  get duration_s() {
    return Number.isFinite(this.video.duration) ? this.video.duration : Number(this.dataset.durationS) || 0;
  }

  get currentTime_s() {
    return this.seeker.time_s;
  }

  set currentTime_s(time_s) {
    this.seekTo(time_s);
  }

  get window() {
    return this.#window;
  }

  set window(range) {
    this.#window = range && tidyRange(range, this.duration_s);
    this.drawWindow();
    this.dispatchEvent(new CustomEvent("debrief:window", { detail: this.#window, bubbles: true }));
  }

  // --- actions, named as the buttons and keys name them ---

  toggle() {
    const wasReverse = this.reverse.isOn;
    this.reverse.stop();
    if (!this.video.paused || wasReverse) return this.video.pause();
    this.stopAt_s = null;
    if (this.video.ended) this.seekTo(0);
    this.play();
  }

  faster() {
    this.reverse.stop();
    if (this.video.paused) return this.play(1);
    this.shuttle(FORWARD_RATES.find((rate) => rate > this.video.playbackRate) ?? FORWARD_RATES.at(-1));
  }

  backwards() {
    this.video.pause();
    this.say(`Backwards ${this.reverse.faster()}×`);
  }

  back1() { this.seekBy(-1); }
  forward1() { this.seekBy(1); }
  back5() { this.seekBy(-5); }
  forward5() { this.seekBy(5); }
  toStart() { this.seekTo(0); }
  toEnd() { this.seekTo(this.duration_s); }
  frameBack() { this.stepFrames(-1); }
  frameForward() { this.stepFrames(1); }

  windowStart() {
    const start_s = this.currentTime_s;
    const end_s = this.#window?.end_s > start_s ? this.#window.end_s : start_s + DEFAULT_WINDOW_S;
    this.window = { start_s, end_s };
  }

  windowEnd() {
    const end_s = this.currentTime_s;
    const start_s = this.#window && this.#window.start_s < end_s ? this.#window.start_s : end_s - DEFAULT_WINDOW_S;
    this.window = { start_s, end_s };
  }

  clearWindow() { this.window = null; }

  playWindow() {
    if (!this.#window) return;
    this.seekTo(this.#window.start_s);
    this.stopAt_s = this.#window.end_s;
    this.play();
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  async link() {
    const url = new URL(location.href);
    url.searchParams.set("t", this.currentTime_s.toFixed(1));
    history.replaceState(null, "", url);
    const isCopied = await navigator.clipboard?.writeText(url.href).then(() => true, () => false);
    toast(isCopied ? `Link to ${clock(this.currentTime_s)} copied.` : "The address of this page now leads to this moment.");
  }

  help() {
    this.part("help").showModal();
  }

  async fullscreen() {
    if (document.fullscreenElement) return document.exitFullscreen();
    if (this.requestFullscreen) return this.requestFullscreen();
    this.video.webkitEnterFullscreen?.();
  }

  reload() {
    const time_s = this.currentTime_s;
    this.part("error").hidden = true;
    this.video.load();
    this.seekTo(time_s);
  }

  // --- how it is done ---

  play(rate) {
    if (rate) this.shuttle(rate);
    this.video.play().catch((error) => {
      if (error.name === "NotAllowedError") toast("The browser did not start the video. Press play.", { level: "warning" });
    });
  }

  // Chosen by hand: stays.
  setRate(rate) {
    this.chosenRate = rate;
    this.shuttle(rate);
  }

  // By L, until the picture stands again.
  shuttle(rate) {
    this.video.playbackRate = rate;
    this.part("speed").value = String(rate);
    this.say(`${rate}×`);
  }

  endShuttle() {
    if (this.video.playbackRate === this.chosenRate) return;
    this.video.playbackRate = this.chosenRate;
    this.part("speed").value = String(this.chosenRate);
  }

  seekTo(time_s) {
    this.stopAt_s = null;
    this.seeker.seekTo(clamp(Number(time_s) || 0, 0, this.duration_s));
    this.draw();
  }

  seekBy(step_s) {
    this.seekTo(this.currentTime_s + step_s);
  }

  // The middle of a frame: its first instant may still show the frame before, by rounding.
  stepFrames(step) {
    this.video.pause();
    this.reverse.stop();
    const fps = Number(this.dataset.fps) || 25;
    // At the very end the last frame is still shown.
    const last = Math.max(0, Math.ceil(this.duration_s * fps - 0.001) - 1);
    const shown = Math.min(Math.floor(this.currentTime_s * fps + 0.001), last);
    this.seekTo((clamp(shown + step, 0, last) + 0.5) / fps);
  }

  openAt(text) {
    const time_s = readTime(text);
    if (time_s !== null) this.seekTo(time_s);
  }

  listenToVideo() {
    const on = (name, then) => this.video.addEventListener(name, then);
    on("play", () => this.follow());
    on("pause", () => this.endShuttle());
    for (const name of ["play", "pause", "ended", "volumechange", "loadedmetadata"]) on(name, () => this.draw());
    for (const name of ["timeupdate", "seeked"]) on(name, () => this.draw());
    on("playing", () => this.offerSound());
    on("waiting", () => this.note("Loading…"));
    for (const name of ["playing", "canplay", "seeked", "pause"]) on(name, () => this.note(""));
    on("error", () => this.fail());
    on("click", () => this.toggle());
    this.addEventListener("fullscreenchange", () => this.draw());
    on("dblclick", () => this.fullscreen());
  }

  listenToControls() {
    this.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-do]")?.dataset.do;
      if (action) this[action]();
    });
    this.scrub.addEventListener("input", () => this.seekTo(Number(this.scrub.value)));
    this.part("speed").addEventListener("change", ({ target }) => this.setRate(Number(target.value)));
  }

  listenToPage() {
    const { signal } = this.stopListening;
    document.addEventListener("keydown", (event) => this.pressed(event), { signal });
    document.addEventListener("debrief:seek", ({ detail }) => this.showMoment(detail), { signal });
    document.addEventListener("debrief:clear-window", () => this.clearWindow(), { signal });
  }

  pressed(event) {
    const action = keyAction(event);
    if (!action) return;
    event.preventDefault();
    this[action]();
  }

  showMoment({ start_s }) {
    this.reverse.stop();
    this.seekTo(start_s);
    const { top, bottom } = this.video.getBoundingClientRect();
    if (bottom < 120 || top > innerHeight - 120) this.scrollIntoView({ block: "start" });
  }

  follow() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.draw();
      if (this.stopAt_s !== null && this.video.currentTime >= this.stopAt_s) this.video.pause();
      if (!this.video.paused) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  draw() {
    const time_s = this.currentTime_s;
    this.scrub.max = String(this.duration_s);
    this.scrub.value = String(time_s);
    this.scrub.setAttribute("aria-valuetext", `${clock(time_s)} of ${clock(this.duration_s)}`);
    this.part("now").textContent = clock(time_s);
    this.part("total").textContent = clock(this.duration_s);
    this.drawButton("toggle", this.video.paused ? ["Play", "play"] : ["Pause", "pause"]);
    this.drawButton("mute", this.video.muted ? ["Sound on", "muted"] : ["Sound off", "sound"]);
    this.drawButton("fullscreen", document.fullscreenElement ? ["Leave full screen", "unfull"] : ["Full screen", "full"]);
    if (time_s === this.shown_s) return;
    this.shown_s = time_s;
    this.dispatchEvent(new CustomEvent("debrief:time", { detail: { time_s, isPlaying: !this.video.paused }, bubbles: true }));
  }

  drawButton(action, [words, icon]) {
    const button = this.querySelector(`[data-do="${action}"]`);
    button.setAttribute("aria-label", words);
    button.firstElementChild.className = `icon icon-${icon}`;
  }

  drawWindow() {
    const range = this.#window;
    this.part("window").hidden = !range;
    if (range) this.part("window-words").textContent = `Asking about ${clock(range.start_s)} to ${clock(Math.ceil(range.end_s))}`;
  }

  offerSound() {
    if (this.video.webkitAudioDecodedByteCount > 0 || this.video.mozHasAudio) {
      this.querySelector('[data-do="mute"]').hidden = false;
    }
  }

  say(words) {
    this.note(words);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.note(""), 1200);
  }

  note(words) {
    const note = this.part("note");
    note.textContent = words;
    note.hidden = !words;
  }

  fail() {
    const isGone = this.video.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
    this.note("");
    this.part("error-words").textContent = isGone
      ? "The video could not be loaded. You may be signed out, or it was removed."
      : "The video stopped loading. Check the connection.";
    this.part("error").hidden = false;
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }
}

function tidyRange({ start_s, end_s }, duration_s) {
  const [a, b] = [Math.min(start_s, end_s), Math.max(start_s, end_s)];
  return { start_s: clamp(a, 0, duration_s), end_s: clamp(b, 0, duration_s) };
}

// "63.2", "1:03" and "1:02:03" are all accepted in ?t=.
function readTime(text) {
  if (!text || !/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text)) return null;
  return text.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}

customElements.define("debrief-player", Player);

// One answer while it is written: its state in words, its text as it comes, its trouble. At the end the server's HTML
// takes the place of all of it.

import { clockRange } from "./citations.js";
import { StreamedMarkdown } from "./markdown.js";
import { AnswerStream } from "./stream.js";

const SPEAK_EVERY_MS = 4000;
const LONG_WAIT_MS = 60_000;
const SHOW_WAIT_FROM_S = 3;
const NOT_LOOKED_AFTER =
  "The assistant cannot be reached right now. What it wrote so far is kept. Try again in a moment.";
const NOT_LIVE = "Live text cannot be reached right now. The answer appears here as it is saved.";
const LONG_WAIT = "This takes longer than usual. You can wait, or stop and ask again later.";

export class RunningAnswer {
  constructor(turn, { durationS, announce, onText, onFinal }) {
    Object.assign(this, { turn, announce, onText, onFinal });
    this.startedAt = Date.now();
    this.unspoken = "";
    this.spokenAt = 0;
    this.mustClear = false;
    this.markdown = new StreamedMarkdown(this.#part("text"), durationS);
    const { socketPath, eventsUrl, rowUrl } = turn.dataset;
    this.stream = new AnswerStream({ socketPath, eventsUrl, rowUrl, onMessage: (message) => this.#show(message) });
    this.stream.follow();
  }

  close() {
    this.stream.close();
  }

  #show(message) {
    const handlers = {
      snapshot: () => this.#showRow(message),
      ping: () => this.#showWaiting(message),
      state: () => this.#showState(message),
      restart: () => this.#restart(),
      rejoin: () => (this.mustClear = true),
      delta: () => this.#showDelta(message.text),
      final: () => this.#finish(message),
      unavailable: () => this.#showTrouble(message.message, { canRetry: false }),
      trouble: () => this.#showTrouble(message.message, { canRetry: true }),
      gone: () => this.#gone(message.message),
    };
    handlers[message.type]?.();
    if (message.type === "delta" || message.type === "final" || message.isRow) this.onText();
  }

  #showRow(message) {
    this.#showWaiting(message);
    if (message.isRow && message.text !== undefined) this.#replaceText(message.text);
    if (message.is_looked_after === false) this.#showTrouble(NOT_LOOKED_AFTER, { canRetry: true });
    else if (message.isRow) this.#showTrouble(NOT_LIVE, { canRetry: true });
  }

  #showWaiting(message) {
    if (message.status === "queued") {
      this.#words(message.words, "queued");
      if (Date.now() - this.startedAt > LONG_WAIT_MS) this.#showTrouble(LONG_WAIT, { canRetry: false });
    } else if (!this.hasText) {
      this.#words(message.words, "running");
    }
    this.#showSeconds(this.hasText ? 0 : message.waited_s);
  }

  // Counted by the server since the question was asked; seen, not spoken.
  #showSeconds(waitedS) {
    this.#part("state-seconds").textContent = waitedS >= SHOW_WAIT_FROM_S ? `${waitedS} s` : "";
  }

  #showState({ state, start_s: startS, end_s: endS }) {
    this.#hideTrouble();
    if (state === "writing") this.#words("Writing", "running");
    else this.#words(startS === null ? "Looking at the whole video" : `Looking at ${clockRange(startS, endS)}`, "looking");
  }

  #showDelta(text) {
    if (this.mustClear) this.#clearText();
    if (!this.hasText) this.#words("Writing", "running");
    this.#showSeconds(0);
    this.hasText = true;
    this.#hideTrouble();
    this.markdown.write(text);
    this.#speak(text);
  }

  #replaceText(text) {
    this.#clearText();
    this.hasText = text.length > 0;
    this.markdown.write(text);
    if (this.hasText) this.#words("Writing", "running");
  }

  #restart() {
    this.#clearText();
    this.unspoken = "";
  }

  #clearText() {
    this.mustClear = false;
    this.hasText = false;
    this.markdown.clear();
  }

  #finish(message) {
    const body = this.turn.querySelector('[data-part="body"]');
    // The server escaped and sanitised this; see webapp/conversations/rendering.py.
    body.innerHTML = message.html;
    this.turn.dataset.status = message.status;
    this.turn.dataset.version = "";
    this.announce(`${message.words || "Answer finished"}. ${this.unspoken}`);
    this.onFinal(this);
  }

  #gone(words) {
    this.turn.dataset.status = "failed";
    this.#words("Ended", "failed");
    this.#showTrouble(words, { canRetry: false });
    this.onFinal(this);
  }

  #words(words, icon) {
    const shown = this.#part("state-words");
    if (shown.textContent === words && this.turn.dataset.shown === icon) return;
    shown.textContent = words;
    this.turn.dataset.shown = icon;
    this.#part("state").querySelector(".icon").className = `icon icon-${icon}`;
    this.announce(words);
  }

  #showTrouble(words, { canRetry }) {
    const trouble = this.#part("trouble");
    const isNews = trouble.hidden || this.#part("trouble-words").textContent !== words;
    this.#part("trouble-words").textContent = words;
    trouble.querySelector("button").hidden = !canRetry;
    trouble.hidden = false;
    if (isNews) this.announce(words);
  }

  #hideTrouble() {
    this.#part("trouble").hidden = true;
  }

  // A screen reader hears whole stretches now and then, not every syllable.
  #speak(text) {
    this.unspoken += text;
    if (Date.now() - this.spokenAt < SPEAK_EVERY_MS) return;
    const end = this.unspoken.lastIndexOf(". ") + 1;
    if (end === 0) return;
    this.announce(this.unspoken.slice(0, end));
    this.unspoken = this.unspoken.slice(end);
    this.spokenAt = Date.now();
  }

  #part(name) {
    return this.turn.querySelector(`.answer [data-part="${name}"]`);
  }
}

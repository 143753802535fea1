// <debrief-chat>: the conversation beside the video. The server draws the thread; this element sends what a person
// does, follows answers that are being written, and tells the player where to go.

import { Announcer } from "./lib/page/announcer.js";
import { Composer, newKey } from "./lib/answers/composer.js";
import { previewChips } from "./lib/answers/chip_preview.js";
import { copyAnswer, copySelection } from "./lib/answers/copy.js";
import { draftKey } from "./lib/answers/drafts.js";
import { OtherPages } from "./lib/answers/other_pages.js";
import { placePopover } from "./lib/page/popover.js";
import { editQuestion } from "./lib/answers/question_editor.js";
import { RunningAnswer } from "./lib/answers/running_answer.js";
import { getJson, getText, postForm } from "./lib/server/send.js";
import { mergeTurns } from "./lib/answers/turns.js";
import { isComposing } from "./lib/page/typing.js";

const ACTIVE_TURNS = ["queued", "running"].map((status) => `.turn[data-status="${status}"]`).join();
const NEAR_END_PX = 80;
const THANKS_MS = 6000;
const READY_EVERY_MS = 4000;

class DebriefChat extends HTMLElement {
  connectedCallback() {
    this.running = new Map();
    this.listening = new AbortController();
    this.thread = this.#part("thread");
    this.isAtEnd = true;
    this.announcer = new Announcer(this.#part("announcer"));
    this.composer = new Composer(this.#part("composer"), {
      draftKey: draftKey(this.dataset.userId, this.dataset.videoId),
      onSend: (question) => this.#ask(question),
    });
    const { signal } = this.listening;
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("toggle", (event) => placePopover(event), { capture: true, signal });
    previewChips(this.thread, { sheetOf: () => document.querySelector("debrief-player")?.sheet, signal });
    this.thread.addEventListener("copy", (event) => copySelection(event, this.thread), { signal });
    this.thread.addEventListener("scroll", () => this.#noteScroll(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("debrief:window", (event) => this.composer.setWindow(event.detail), { signal });
    this.composer.setWindow(document.querySelector("debrief-player")?.window ?? null);
    this.others = new OtherPages(`debrief-chat-${this.dataset.videoId}`, () => this.#lookElsewhere());
    this.#load();
  }

  disconnectedCallback() {
    this.listening.abort();
    this.others.close();
    clearTimeout(this.readyTimer);
    for (const answer of this.running.values()) answer.close();
    this.running.clear();
  }

  get durationS() {
    return Number.parseFloat(this.dataset.durationS);
  }

  // --- the thread -------------------------------------------------------------------------------

  async #load() {
    try {
      this.#draw(await getText(this.dataset.threadUrl));
      this.#scrollToEnd();
    } catch (error) {
      this.#showLoadError(error);
    }
  }

  #draw(html, after = null) {
    const isRunning = (turn) => this.running.has(turn.dataset.answerId);
    if (!mergeTurns(this.thread, html, { after, isRunning })) return this.#load();
    this.#followRunning();
    this.#tellCitations();
    this.#waitUntilReady();
  }

  // What this person asked in another tab or on another machine stands here too, without a reload.
  async #lookElsewhere() {
    const here = this.thread.querySelector(".turns")?.dataset.shown;
    if (here === undefined || this.isChanging) return;
    const { shown } = await getJson(this.dataset.shownUrl).catch(() => ({ shown: here }));
    if (shown === here || this.isChanging) return;
    const html = await getText(this.dataset.threadUrl).catch(() => null);
    if (html === null || this.isChanging) return;
    this.#draw(html);
    this.#keepAtEnd();
  }

  #followRunning() {
    for (const answer of this.running.values()) {
      if (!answer.turn.isConnected) this.#forget(answer);
    }
    for (const turn of this.thread.querySelectorAll(ACTIVE_TURNS)) {
      const id = turn.dataset.answerId;
      if (!this.running.has(id)) this.running.set(id, new RunningAnswer(turn, this.#answerOptions()));
    }
    this.composer.setAnswering(this.running.size > 0);
  }

  #answerOptions() {
    return {
      durationS: this.durationS,
      announce: (words) => this.announcer.say(words),
      onText: () => this.#keepAtEnd(),
      onFinal: (answer) => {
        this.#forget(answer);
        this.composer.setAnswering(this.running.size > 0);
        this.#tellCitations();
      },
    };
  }

  #forget(answer) {
    answer.close();
    this.running.delete(answer.turn.dataset.answerId);
  }

  #waitUntilReady() {
    clearTimeout(this.readyTimer);
    if (this.thread.querySelector(".turns")?.dataset.ready !== "soon") return;
    this.readyTimer = setTimeout(() => this.#load(), READY_EVERY_MS);
  }

  #showLoadError(error) {
    const words = document.createElement("p");
    words.className = "notice error";
    words.textContent = error.message;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button quiet small";
    again.dataset.action = "load";
    again.textContent = "Try again";
    words.append(again);
    this.thread.replaceChildren(words);
  }

  // The timeline marks what answers point at.
  #tellCitations() {
    const chips = this.thread.querySelectorAll(".answer-text .time-chip");
    // A question alone brings none; hours of cited seconds are not drawn again for nothing.
    const last = chips[chips.length - 1];
    if (this.toldCitations?.count === chips.length && this.toldCitations.last === last) return;
    this.toldCitations = { count: chips.length, last };
    const detail = Array.from(chips, (chip) => ({
      start_s: Number(chip.dataset.startS),
      end_s: Number(chip.dataset.endS),
      answer_id: chip.closest(".turn").dataset.answerId,
    }));
    this.dispatchEvent(new CustomEvent("debrief:citations", { bubbles: true, detail }));
  }

  // Text that grows fires no scroll event: only a person who scrolls up stops the thread from following its end.
  #noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.thread;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #keepAtEnd() {
    if (this.isAtEnd) this.#scrollToEnd();
  }

  #scrollToEnd() {
    this.thread.scrollTop = this.thread.scrollHeight;
  }

  // On a phone the thread has no scroll of its own: the page goes to the new question once, then stays put.
  #showNewest() {
    this.#scrollToEnd();
    const { scrollHeight, clientHeight } = this.thread;
    if (scrollHeight <= clientHeight) this.thread.querySelector(".turn:last-child")?.scrollIntoView({ block: "start" });
  }

  // --- what a person does --------------------------------------------------------------------------

  async #ask({ text, window, requestKey }) {
    const fields = { text };
    const last = this.thread.querySelector(".turn:last-child");
    if (last) fields.parent = last.dataset.answerId;
    if (window) Object.assign(fields, { window_start_s: window.start_s, window_end_s: window.end_s });
    await this.#change(this.dataset.askUrl, fields, requestKey);
    this.#showNewest();
  }

  async #change(url, fields, requestKey) {
    this.isChanging = true;
    try {
      const changed = await postForm(url, fields, { csrfToken: this.composer.csrfToken, requestKey });
      await this.#draw(changed.thread, changed.after);
    } finally {
      this.isChanging = false;
    }
    this.others.tell();
  }

  #click(event) {
    const chip = event.target.closest(".time-chip");
    if (chip) return this.#seek(chip);
    const button = event.target.closest("[data-action]");
    if (!button || !this.contains(button)) return;
    const turn = button.closest(".turn");
    const actions = {
      load: () => this.#load(),
      starter: () => this.#start(button.textContent),
      stop: () => this.#stop(),
      show: () => this.#change(button.dataset.url, {}),
      again: () => this.#change(turn.dataset.againUrl, {}, newKey()),
      edit: () => editQuestion(turn, (url, text) => this.#change(url, { text }, newKey())),
      copy: () => copyAnswer(turn),
      thumb: () => this.#thumb(turn, button),
      "clear-window": () => this.#clearWindow(),
    };
    this.#try(actions[button.dataset.action], button);
  }

  #submit(event) {
    if (!event.target.matches(".thumb-form")) return;
    event.preventDefault();
    const turn = event.target.closest(".turn");
    this.#try(() => this.#saveReason(turn, event.target), event.submitter);
  }

  // One press, one request; a refusal is said where the person looks next.
  async #try(action, button) {
    if (!action || button?.ariaBusy === "true") return;
    if (button) button.ariaBusy = "true";
    this.composer.showError("");
    try {
      await action();
    } catch (error) {
      this.composer.showError(error.message);
    } finally {
      if (button) button.ariaBusy = null;
    }
  }

  #start(text) {
    this.composer.fill(text.trim());
    return this.composer.send();
  }

  #seek(chip) {
    const detail = { start_s: Number(chip.dataset.startS), end_s: Number(chip.dataset.endS) };
    this.dispatchEvent(new CustomEvent("debrief:seek", { bubbles: true, detail }));
  }

  #clearWindow() {
    this.composer.setWindow(null);
    const player = document.querySelector("debrief-player");
    if (player) player.window = null;
    this.composer.focus();
  }

  async #stop() {
    const answers = [...this.running.values()];
    const { csrfToken } = this.composer;
    await Promise.all(answers.map(({ turn }) => postForm(turn.dataset.stopUrl, {}, { csrfToken })));
  }

  // The field for the reason is there at once: who starts to type should not steer the player meanwhile.
  async #thumb(turn, button) {
    const before = turn.querySelector('[data-action="thumb"][aria-pressed="true"]')?.dataset.thumb ?? "";
    const thumb = before === button.dataset.thumb ? "" : button.dataset.thumb;
    showThumb(turn, thumb);
    try {
      await postForm(turn.dataset.thumbUrl, { thumb }, { csrfToken: this.composer.csrfToken });
    } catch (error) {
      showThumb(turn, before);
      throw error;
    }
  }

  async #saveReason(turn, form) {
    const fields = { thumb: form.dataset.thumb, reason: form.elements.reason.value };
    await postForm(turn.dataset.thumbUrl, fields, { csrfToken: this.composer.csrfToken });
    form.hidden = true;
    const thanks = turn.querySelector('[data-part="thanks"]');
    thanks.hidden = false;
    setTimeout(() => (thanks.hidden = true), THANKS_MS);
    this.announcer.say(thanks.textContent);
  }

  #key(event) {
    if (event.defaultPrevented || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      this.composer.focus();
    } else if (event.key === "Escape" && this.running.size > 0 && !document.querySelector(":popover-open, dialog[open]")) {
      event.preventDefault();
      this.#try(() => this.#stop());
    }
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }
}

function showThumb(turn, thumb) {
  for (const button of turn.querySelectorAll('[data-action="thumb"]')) {
    button.setAttribute("aria-pressed", String(button.dataset.thumb === thumb));
  }
  const form = turn.querySelector('[data-part="thumb-form"]');
  form.hidden = !thumb;
  form.dataset.thumb = thumb;
  const words = thumb === "up" ? "What was good? (optional)" : "What was wrong? (optional)";
  form.querySelector('[data-part="thumb-label"]').textContent = words;
  if (thumb) form.elements.reason.focus();
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

customElements.define("debrief-chat", DebriefChat);

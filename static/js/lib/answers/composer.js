// The box in which a question is typed. It keeps its text until the server has taken it: through errors, a lost line
// and a reload.

import { clockRange } from "./citations.js";
import { isComposing } from "../page/typing.js";

const LEAST_WINDOW_S = 0.1;

export class Composer {
  constructor(form, { draftKey, onSend }) {
    this.form = form;
    this.draftKey = draftKey;
    this.onSend = onSend;
    this.window = null;
    this.requestKey = null;
    this.isSending = false;
    this.text = this.#part("text");
    this.text.value = sessionStorage.getItem(draftKey) ?? "";
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.#fit();
  }

  get csrfToken() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  fill(text) {
    this.text.value = text;
    this.#typed();
  }

  focus() {
    this.text.focus();
  }

  setWindow(window) {
    const isWindow = window && window.end_s - window.start_s >= LEAST_WINDOW_S;
    this.window = isWindow ? { start_s: window.start_s, end_s: window.end_s } : null;
    this.requestKey = null;
    this.#part("window").hidden = !isWindow;
    if (isWindow) this.#part("window-label").textContent = clockRange(window.start_s, window.end_s);
  }

  setAnswering(isAnswering) {
    this.#part("send").hidden = isAnswering;
    this.#part("stop").hidden = !isAnswering;
  }

  showError(sentence) {
    const error = this.#part("error");
    error.textContent = sentence;
    error.hidden = !sentence;
    this.text.toggleAttribute("aria-invalid", Boolean(sentence));
    if (sentence) this.text.setAttribute("aria-invalid", "true");
  }

  async send() {
    if (this.isSending) return;
    this.isSending = true;
    this.#part("send").disabled = true;
    // The same key until it succeeds: a question sent twice, by a double click or after a lost reply, is asked once.
    this.requestKey ??= newKey();
    const text = this.text.value;
    try {
      await this.onSend({ text, window: this.window, requestKey: this.requestKey });
      // Whoever types on while the server is slow has begun the next question.
      if (this.text.value === text) this.#clear();
    } catch (error) {
      this.showError(error.message);
      if (error.status >= 400 && error.status < 500) this.requestKey = null;
    } finally {
      this.isSending = false;
      this.#part("send").disabled = false;
    }
  }

  #typed() {
    this.requestKey = null;
    sessionStorage.setItem(this.draftKey, this.text.value);
    this.showError("");
    this.#fit();
  }

  #clear() {
    this.fill("");
    sessionStorage.removeItem(this.draftKey);
    this.requestKey = null;
  }

  #key(event) {
    // While an input method composes, Enter picks a word.
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
  }

  #part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }
}

// crypto.randomUUID exists on https only, and a hospital's first trial may be plain http.
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

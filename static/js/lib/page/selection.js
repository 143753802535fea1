// Several rows at once: boxes, what is done to the ticked ones, and how many there were. Shift ticks everything between; Escape lets go.

import { Refused, postForm } from "../server/send.js";
import { toast } from "./toast.js";

export class Selection {
  #bar;
  #rows;
  #last = null;
  #kept = new Set();

  // `bar`: the section with the buttons; `rows`: an element that holds the boxes, also those that come later.
  constructor(bar, rows) {
    this.#bar = bar;
    this.#rows = rows;
    rows.addEventListener("click", (event) => this.#clicked(event));
    rows.addEventListener("change", () => this.#changed());
    bar.addEventListener("click", ({ target }) => this.#all(target.closest("[data-select]")?.dataset.select));
    bar.addEventListener("change", () => this.#changed());
    bar.addEventListener("submit", (event) => this.#send(event));
    for (const place of [bar, rows]) place.addEventListener("keydown", (event) => this.#letGo(event));
  }

  // After rows came or went: those that were ticked still are.
  show() {
    for (const box of this.#boxes()) box.checked ||= this.#kept.has(box.id);
    this.#changed();
  }

  #changed() {
    this.#kept = new Set(this.#ticked().map(({ id }) => id));
    const number = this.#ticked().length;
    this.#bar.hidden = number === 0;
    this.#bar.querySelector("[data-count]").textContent = `${number} selected`;
    for (const form of this.#bar.querySelectorAll("form")) form.dataset.confirm = question(form, number);
  }

  #boxes() {
    return [...this.#rows.querySelectorAll('input[name="video"]')];
  }

  #ticked() {
    return this.#boxes().filter((box) => box.checked);
  }

  #clicked(event) {
    if (!event.target.matches('input[name="video"]')) return;
    const boxes = this.#boxes();
    const [from, to] = [boxes.findIndex((box) => box.id === this.#last), boxes.indexOf(event.target)];
    if (event.shiftKey && from >= 0) {
      for (const box of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) box.checked = event.target.checked;
    }
    this.#last = event.target.id;
  }

  #all(which) {
    if (!which) return;
    const first = this.#ticked()[0] ?? this.#boxes()[0];
    for (const box of this.#boxes()) box.checked = which === "all";
    this.#changed();
    // The button has gone with the bar.
    if (which === "none") first?.focus();
  }

  #letGo(event) {
    if (event.key !== "Escape" || this.#bar.hidden || event.target.closest("[open]")) return;
    this.#all("none");
  }

  async #send(event) {
    event.preventDefault();
    const form = event.target;
    const fields = [...new FormData(form), ...this.#ticked().map((box) => ["video", box.value])];
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const { words, level } = await postForm(form.action, fields, { csrfToken: form.elements.csrfmiddlewaretoken.value });
      toast(words, { level });
      this.#all("none");
      document.body.dispatchEvent(new CustomEvent("debrief:changed", { bubbles: true }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message, { level: "error" });
    } finally {
      button.disabled = false;
    }
  }
}

function question(form, number) {
  const words = number === 1 ? form.dataset.confirmOne : form.dataset.confirmMany;
  const where = form.elements.department?.selectedOptions[0]?.textContent ?? "";
  return words.replace("{number}", number).replace("{where}", where);
}

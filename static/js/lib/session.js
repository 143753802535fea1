// <debrief-session data-idle-s data-expires-s data-extend-url>: a warning with a way to stay before work is lost.
// Only what a person does counts as activity; polling and playing in the background do not.

const WARN_BEFORE_S = 120;
const CHECK_MS = 5000;
const STORE_KEY = "debrief:last-activity";

class SessionWarning extends HTMLElement {
  connectedCallback() {
    this.idle_s = Number(this.dataset.idleS);
    this.dialog = this.querySelector("dialog");
    this.left = this.querySelector("[data-left]");
    this.querySelector("[data-extend]").addEventListener("click", () => this.extend());
    this.note();
    this.timer = setInterval(() => this.check(), CHECK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  // Another tab of the same person keeps the session alive too, hence the shared note.
  note() {
    localStorage.setItem(STORE_KEY, String(Date.now()));
  }

  check() {
    const last = Number(localStorage.getItem(STORE_KEY)) || Date.now();
    const left_s = this.idle_s - (Date.now() - last) / 1000;
    if (left_s > WARN_BEFORE_S) return this.dialog.open && this.dialog.close();
    if (left_s <= 0) return location.reload();
    this.left.textContent = left_s > 60 ? "about two minutes" : "less than a minute";
    if (!this.dialog.open) this.dialog.showModal();
  }

  async extend() {
    const response = await fetch(this.dataset.extendUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok || response.redirected) return location.reload();
    this.note();
    this.dialog.close();
  }
}

customElements.define("debrief-session", SessionWarning);

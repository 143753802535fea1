// <debrief-session data-idle-s data-extend-url>: a warning with a way to stay, before the server signs a person out.
//
// The server sees requests, not people. So what a person does here (keys, pointer, a playing video, a running upload)
// is noted, shared between tabs, and told to the server now and then.

const WARN_BEFORE_S = 120;
const CHECK_MS = 5000;
const NOTE_MS = 1000;
const SEEN_KEY = "debrief:seen-at";
const TOLD_KEY = "debrief:told-at";

class SessionWarning extends HTMLElement {
  connectedCallback() {
    this.idle_s = Number(this.dataset.idleS);
    this.dialog = this.querySelector("dialog");
    this.left = this.querySelector("[data-left]");
    this.querySelector("[data-extend]").addEventListener("click", () => this.extend());
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    write(SEEN_KEY);
    write(TOLD_KEY);
    for (const name of ["pointerdown", "keydown", "debrief:time", "debrief:activity"]) {
      document.addEventListener(name, () => this.note(), { passive: true });
    }
    this.timer = setInterval(() => this.check(), CHECK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  // While the warning stands only its button counts, or a slip of the hand would hide it.
  note() {
    if (!this.dialog.open && Date.now() - read(SEEN_KEY) > NOTE_MS) write(SEEN_KEY);
  }

  async check() {
    const [seen, told] = [read(SEEN_KEY), read(TOLD_KEY)];
    if (seen > told && Date.now() - told > (this.idle_s * 1000) / 4) return this.extend();
    const left_s = this.idle_s - (Date.now() - Math.max(seen, told)) / 1000;
    // A mere reload would count as activity and keep an empty chair signed in.
    if (left_s <= 0) return document.querySelector("form[data-sign-out]").requestSubmit();
    if (left_s > Math.min(WARN_BEFORE_S, this.idle_s / 3)) return this.dialog.open && this.dialog.close();
    this.left.textContent = left_s > 60 ? "about two minutes" : "less than a minute";
    if (!this.dialog.open) this.dialog.showModal();
  }

  async extend() {
    const asked = { headers: { Accept: "application/json" } };
    const response = await fetch(this.dataset.extendUrl, asked).catch(() => null);
    if (response === null || response.status >= 500) return;
    if (!response.ok) return location.reload();
    write(SEEN_KEY);
    write(TOLD_KEY);
    if (this.dialog.open) this.dialog.close();
  }
}

function read(key) {
  return Number(localStorage.getItem(key)) || 0;
}

function write(key) {
  localStorage.setItem(key, String(Date.now()));
}

customElements.define("debrief-session", SessionWarning);

// Speaks through a live region, at most every few seconds, so that a screen reader is not interrupted all the time.

const LEAST_GAP_MS = 2500;

export class Announcer {
  constructor(region) {
    this.region = region;
    this.waiting = "";
    this.saidAt = 0;
    this.timer = null;
  }

  say(words) {
    if (!words.trim()) return;
    this.waiting = words.trim();
    this.timer ??= setTimeout(() => this.#flush(), Math.max(0, this.saidAt + LEAST_GAP_MS - Date.now()));
  }

  #flush() {
    this.timer = null;
    this.saidAt = Date.now();
    this.region.textContent = this.waiting;
  }
}

// How fast bytes go out, by what went out lately.

const WINDOW_MS = 8000;
const MIN_MEASURED_MS = 2000;

export class SendingRate {
  #samples = [];

  note(bytes) {
    const now = performance.now();
    this.#samples.push({ at_ms: now, bytes });
    while (this.#samples.length > 2 && now - this.#samples[0].at_ms > WINDOW_MS) this.#samples.shift();
  }

  // What was measured before a pause says nothing of the time after it.
  forget() {
    this.#samples = [];
  }

  // NaN while it is not known.
  secondsUntil(bytes) {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.at_ms - first.at_ms < MIN_MEASURED_MS) return NaN;
    const perSecond = (last.bytes - first.bytes) / ((last.at_ms - first.at_ms) / 1000);
    return (bytes - last.bytes) / perSecond;
  }
}

// Browsers do not play backwards, so small steps back stand in for it.

const STEP_MS = 125;
const RATES = [1, 2, 4];

export class ReversePlay {
  constructor(seekBy) {
    this.seekBy = seekBy;
    this.rate = 0;
  }

  get isOn() {
    return this.rate > 0;
  }

  faster() {
    this.rate = RATES.find((rate) => rate > this.rate) ?? RATES.at(-1);
    this.timer ??= setInterval(() => this.seekBy((-this.rate * STEP_MS) / 1000), STEP_MS);
    return this.rate;
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.rate = 0;
  }
}

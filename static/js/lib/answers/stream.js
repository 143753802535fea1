// Follows one answer to its end: by websocket, else by server-sent events, else by looking at the row.
//
// Every message with a `seq` moves the place from which a new connection goes on; `offset` tells a repeat from a gap, so
// the same text comes out however often the line breaks. Messages are described in webapp/conversations/updates.py.

import { getJson } from "../server/send.js";

const LAST_TYPES = new Set(["final", "unavailable", "gone"]);
const SILENCE_MS = 15_000;
const TRIES = 2;
const RETRY_MS = 500;
const POLL_MS = 1500;
const POLLS_BEFORE_LIVE = 8;
const ROW_TROUBLE_POLLS = 3;

// A network that blocks websockets blocks all of them: the next answer does not try again.
let socketsAreBlocked = false;

export class AnswerStream {
  constructor({ socketPath, eventsUrl, rowUrl, onMessage }) {
    Object.assign(this, { socketPath, eventsUrl, rowUrl, onMessage });
    this.seq = "0-0";
    this.length = 0;
    this.isClosed = false;
    this.isFinal = false;
    this.isUnavailable = false;
    this.hasGap = false;
    this.hangUp = null;
  }

  close() {
    this.isClosed = true;
    this.hangUp?.();
  }

  async follow() {
    while (!this.isOver) {
      const bySocket = !socketsAreBlocked && (await this.#persist(this.#webSocket));
      const byEvents = await this.#persist(this.#eventSource);
      if (byEvents && !bySocket) socketsAreBlocked = true;
      if (!this.isOver) await this.#poll();
    }
  }

  get isOver() {
    return this.isClosed || this.isFinal;
  }

  get mustPoll() {
    return this.isUnavailable || this.hasGap;
  }

  // Uses a transport until it has failed several times in a row; true if it ever worked.
  async #persist(transport) {
    let hasWorked = false;
    for (let failures = 0; failures < TRIES && !this.isOver && !this.mustPoll; ) {
      const works = await transport.call(this);
      hasWorked ||= works;
      failures = works ? 0 : failures + 1;
      if (failures < TRIES && !this.isOver && !this.mustPoll) await pause(RETRY_MS);
    }
    return hasWorked;
  }

  #webSocket() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return this.#listen((heard, lost) => {
      const socket = new WebSocket(`${scheme}//${location.host}${this.socketPath}?after=${this.seq}`);
      socket.addEventListener("message", (event) => heard(event.data));
      socket.addEventListener("close", lost);
      socket.addEventListener("error", lost);
      return () => socket.close();
    });
  }

  #eventSource() {
    return this.#listen((heard, lost) => {
      const source = new EventSource(`${this.eventsUrl}?after=${this.seq}`);
      source.addEventListener("message", (event) => heard(event.data));
      source.addEventListener("error", lost);
      return () => source.close();
    });
  }

  // Resolves when the line is down or the answer is final; true if more came than the first greeting.
  #listen(open) {
    return new Promise((resolve) => {
      let count = 0;
      let isDown = false;
      let silence;
      let shut = () => {};
      const finish = () => {
        if (isDown) return;
        isDown = true;
        clearTimeout(silence);
        this.hangUp = null;
        shut();
        resolve(count > 1);
      };
      const waitForMore = () => {
        clearTimeout(silence);
        silence = setTimeout(finish, SILENCE_MS);
      };
      const heard = (data) => {
        if (isDown || this.isOver) return;
        count += 1;
        waitForMore();
        this.#take(JSON.parse(data));
        if (this.isOver || this.mustPoll) finish();
      };
      this.hangUp = finish;
      waitForMore();
      shut = open(heard, finish);
    });
  }

  #take(message) {
    if (message.seq) {
      if (!isAfter(message.seq, this.seq)) return;
      this.seq = message.seq;
    }
    if (LAST_TYPES.has(message.type)) {
      if (message.type === "unavailable") this.isUnavailable = true;
      else this.isFinal = true;
    }
    if (message.type === "restart") this.length = 0;
    if (message.type === "delta") return this.#takeDelta(message);
    // The stream brings the text from its start; the row's copy would double it.
    this.onMessage(message.type === "snapshot" ? { ...message, text: undefined } : message);
  }

  // Offsets count characters as Python does, not UTF-16 units.
  #takeDelta(message) {
    const characters = Array.from(message.text);
    const repeated = this.length - message.offset;
    if (repeated < 0) {
      this.hasGap = true;
      return;
    }
    const news = characters.slice(repeated);
    this.length += news.length;
    if (news.length) this.onMessage({ type: "delta", text: news.join("") });
  }

  // The row is the last resort: it is saved every few seconds while the answer is written.
  async #poll() {
    let troubles = 0;
    for (let polls = 0; !this.isOver && (polls < POLLS_BEFORE_LIVE || troubles); polls += 1) {
      const row = await getJson(this.rowUrl).catch((error) => ({ type: "trouble", error }));
      if (this.isOver) return;
      troubles = row.type === "trouble" ? troubles + 1 : 0;
      if (row.type === "trouble" && [401, 404].includes(row.error.status)) {
        this.isFinal = true;
        this.onMessage({ type: "gone", message: row.error.message });
        return;
      }
      if (troubles >= ROW_TROUBLE_POLLS) this.onMessage({ type: "trouble", message: row.error.message });
      if (row.type === "final") this.isFinal = true;
      if (row.type !== "trouble") this.onMessage({ ...row, isRow: true });
      if (!this.isOver) await pause(POLL_MS);
    }
    // Start over: what the row showed and what the stream holds need not be the same prefix.
    Object.assign(this, { seq: "0-0", length: 0, isUnavailable: false, hasGap: false });
    if (!this.isOver) this.onMessage({ type: "rejoin" });
  }
}

export function isAfter(seq, other) {
  const [a, b] = [seq, other].map((id) => id.split("-").map(BigInt));
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// One file on its way: finds an upload that this very file began, wraps tus-js-client, and tells its state by a
// callback. It draws nothing.
//
//   waiting -> preparing -> sending <-> retrying, sending -> checking -> finished | failed; paused from all but the last

import { bytes } from "../words/bytes.js";
import { canDigest, endsSha256 } from "./file_digest.js";
import { problemSentence } from "../server/problem.js";
import { lockUpload } from "./lock.js";
import { claimUpload } from "./claim.js";
import { SendingRate } from "./rate.js";
import { askOutcome, ServerTrouble } from "./server.js";
import { fingerprint } from "./store.js";
import { keepPlaceOnServerTrouble, passingTrouble, RETRY_DELAYS_MS, sentenceOf, statusOf, UNREADABLE } from "./trouble.js";

const CHUNK_BYTES = 16 * 1024 ** 2;
export class UploadTask {
  constructor(file, { endpoint, store, headers, maxBytes, chunkMaxBytes, onChange, findTwin }) {
    this.file = file;
    this.store = store;
    this.maxBytes = maxBytes;
    this.onChange = onChange;
    this.findTwin = findTwin;
    this.options = { endpoint, headers, urlStorage: store, chunkSize: Math.min(CHUNK_BYTES, chunkMaxBytes) };
    this.state = "waiting";
    this.reason = "";
    this.sent_bytes = 0;
    this.compared_bytes = 0;
    this.rate = new SendingRate();
    this.attempt = 0;
    this.unlock = this.lockedUrl = null;
  }

  async start() {
    const refusal = this.refusal();
    if (refusal) return this.fail(refusal, { permanent: true });
    const attempt = ++this.attempt;
    const isStale = (this.isStale = () => attempt !== this.attempt);
    this.compared_bytes = 0;
    this.set("preparing");
    try {
      const known = canDigest() ? await this.prepare(isStale) : null;
      if (isStale()) return known?.unlock();
      if (this.twin) return this.set("waiting");
      if (known) [this.unlock, this.lockedUrl] = [known.unlock, known.uploadUrl];
      this.send(known);
    } catch (error) {
      if (!isStale()) this.fail(error instanceof ServerTrouble ? problemSentence(error.status, "") : UNREADABLE);
    }
  }

  // The upload that this file began, or null. Sets `twin` if the same file seems to be on its way in this page already.
  async prepare(isStale) {
    this.print = await fingerprint(this.file);
    this.ends = await endsSha256(this.file);
    this.twin = this.findTwin(this);
    if (this.twin || isStale()) return null;
    for (const entry of await this.store.findUploadsByFingerprint(this.print)) {
      const known = await claimUpload(entry, {
        file: this.file,
        store: this.store,
        isStale,
        onTrouble: (sentence) => this.retrying(sentence),
        onCompared: (num_bytes) => this.compared(num_bytes),
      });
      if (known) return known;
    }
    return null;
  }

  compared(num_bytes) {
    this.compared_bytes = num_bytes;
    if (["preparing", "retrying"].includes(this.state)) this.set("preparing");
  }

  send(known) {
    this.tus = new globalThis.tus.Upload(this.file, {
      ...this.options,
      fingerprint: async () => this.print ?? null,
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: this.file.name, filetype: this.file.type, ...(this.ends && { ends_sha256: this.ends }) },
      onUploadUrlAvailable: () => this.lock(),
      onAfterResponse: (request, response) => {
        keepPlaceOnServerTrouble(request, response);
        this.checkPlace(request, response);
      },
      onShouldRetry: (error) => this.shouldRetry(error),
      onProgress: (sent) => this.progressed(sent),
      onSuccess: ({ lastResponse }) => this.succeeded(lastResponse),
      onError: (error) => this.fail(sentenceOf(error)),
    });
    this.agreed_bytes = known?.offset_bytes ?? null;
    this.wasWhole = this.agreed_bytes === this.file.size;
    if (known) this.tus.resumeFromPreviousUpload(known);
    this.set("sending");
    this.tus.start();
  }

  // Bytes that came after the comparison (a request that was still under way) are compared as well.
  checkPlace(request, response) {
    if (this.agreed_bytes === null || request.getMethod() !== "HEAD" || response.getStatus() !== 200) return;
    const isAsCompared = Number(response.getHeader("Upload-Offset")) === this.agreed_bytes;
    this.agreed_bytes = null;
    if (isAsCompared) return;
    this.tus.abort();
    this.release();
    this.start();
    throw new Error("the upload has moved on");
  }

  // Also where the server had forgotten the upload and tus-js-client made a new one.
  async lock() {
    if (this.url === this.lockedUrl) return;
    const { isStale, url } = this;
    const unlock = await lockUpload(url);
    if (isStale() || this.isOver) return unlock?.();
    this.release();
    this.unlock = unlock;
    this.lockedUrl = url;
  }

  release() {
    this.unlock?.();
    this.unlock = this.lockedUrl = null;
  }

  get url() {
    return this.tus?.url ?? null;
  }

  refusal() {
    if (this.file.size === 0) return "This file is empty.";
    if (this.file.size > this.maxBytes) return `This file is ${bytes(this.file.size)}; this server takes up to ${bytes(this.maxBytes)}.`;
    return "";
  }

  async pause() {
    if (!["waiting", "preparing", "sending", "retrying"].includes(this.state)) return;
    this.attempt++;
    this.set("paused");
    await this.tus?.abort();
    this.release();
  }

  resume() {
    this.rate.forget();
    return this.start();
  }

  async discard() {
    this.attempt++;
    this.set("discarded");
    await this.tus?.abort(true).catch(() => {});
    this.release();
  }

  get isActive() {
    return ["waiting", "preparing", "sending", "retrying", "checking"].includes(this.state);
  }

  get isOver() {
    return ["finished", "failed", "discarded"].includes(this.state);
  }

  get secondsLeft() {
    return this.rate.secondsUntil(this.file.size);
  }

  progressed(sent) {
    this.sent_bytes = sent;
    this.rate.note(sent);
    // All bytes are out, but the server still compares and files them.
    if (this.state !== "paused") this.set(sent === this.file.size ? "checking" : "sending");
  }

  shouldRetry(error) {
    const sentence = passingTrouble(error);
    if (sentence === null) return false;
    if (statusOf(error) === 0) this.failIfUnreadable();
    this.rate.forget();
    this.retrying(sentence);
    return true;
  }

  retrying(sentence) {
    this.reason = sentence;
    this.set("retrying");
  }

  // A file that was changed or taken away ends a request like a lost connection does.
  async failIfUnreadable() {
    const { isStale } = this;
    try {
      await this.file.slice(0, 1).arrayBuffer();
    } catch {
      if (isStale() || this.isOver) return;
      this.attempt++;
      await this.tus.abort();
      this.fail(UNREADABLE);
    }
  }

  async succeeded(response) {
    const { isStale } = this;
    this.sent_bytes = this.file.size;
    this.videoUrl = videoUrl(response);
    if (this.print) this.store.keepFinished(this.print, this.url);
    this.release();
    await this.follow();
    if (!isStale()) this.set("finished");
  }

  // What became of the video since. A server in trouble is asked again later.
  async follow() {
    const before = this.outcome?.status;
    this.followed_ms = performance.now();
    this.outcome = (await askOutcome(this.url).catch(() => null)) ?? this.outcome;
    // Every byte was there before this file was chosen again.
    if (this.wasWhole && this.outcome) this.outcome.was_known = true;
    if (this.state === "finished" && this.outcome?.status !== before) this.set("finished");
  }

  get isFollowed() {
    return this.state === "finished" && (!this.outcome || this.outcome.status === "processing");
  }

  fail(reason, { permanent = false } = {}) {
    this.reason = reason;
    this.isPermanent = permanent;
    this.release();
    this.set("failed");
  }

  set(state) {
    this.state = state;
    this.onChange(this);
  }
}

function videoUrl(response) {
  const link = response?.getHeader("Debrief-Video") ?? "";
  return link.startsWith("/") ? link : "";
}

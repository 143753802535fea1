// One file on its way: wraps tus-js-client and tells its state by a callback. It draws nothing.
//
//   waiting -> sending <-> paused, sending <-> retrying, sending -> checking -> finished | failed

import { bytes } from "./bytes.js";
import { problemSentence } from "./problem.js";
import { fingerprint } from "./upload_store.js";

const CHUNK_BYTES = 16 * 1024 ** 2;
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000, ...Array(60).fill(30_000)];
// Nothing changes by asking again: bad request, refused, too large, not a video, no room.
const FINAL_STATUSES = new Set([400, 401, 403, 404, 410, 412, 413, 415, 422, 460, 507]);
const RATE_WINDOW_MS = 8000;

export class UploadTask {
  constructor(file, { endpoint, store, headers, maxBytes, chunkMaxBytes, onChange }) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.onChange = onChange;
    this.state = "waiting";
    this.reason = "";
    this.sent_bytes = 0;
    this.samples = [];
    this.tus = new globalThis.tus.Upload(file, {
      endpoint,
      headers,
      urlStorage: store,
      fingerprint,
      chunkSize: Math.min(CHUNK_BYTES, chunkMaxBytes),
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type },
      onAfterResponse: keepPlaceOnServerTrouble,
      onShouldRetry: (error) => this.shouldRetry(error),
      onProgress: (sent) => this.progressed(sent),
      onSuccess: ({ lastResponse }) => this.succeeded(lastResponse),
      onError: (error) => this.fail(sentenceOf(error)),
    });
  }

  async start() {
    const refusal = this.refusal();
    if (refusal) return this.fail(refusal, { permanent: true });
    this.set("sending");
    const [known] = await this.tus.findPreviousUploads();
    if (known) this.tus.resumeFromPreviousUpload(known);
    if (this.state === "sending") this.tus.start();
  }

  refusal() {
    if (this.file.size === 0) return "This file is empty.";
    if (this.file.size > this.maxBytes) return `This file is ${bytes(this.file.size)}; this server takes up to ${bytes(this.maxBytes)}.`;
    return "";
  }

  async pause() {
    if (!["waiting", "sending", "retrying"].includes(this.state)) return;
    this.set("paused");
    await this.tus.abort();
  }

  resume() {
    this.samples = [];
    return this.start();
  }

  async discard() {
    this.set("discarded");
    await this.tus.abort(true).catch(() => {});
  }

  get isActive() {
    return ["waiting", "sending", "retrying", "checking"].includes(this.state);
  }

  get isOver() {
    return ["finished", "failed", "discarded"].includes(this.state);
  }

  get secondsLeft() {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || last.at_ms - first.at_ms < 2000) return NaN;
    const perSecond = (last.bytes - first.bytes) / ((last.at_ms - first.at_ms) / 1000);
    return (this.file.size - last.bytes) / perSecond;
  }

  progressed(sent) {
    this.sent_bytes = sent;
    const now = performance.now();
    this.samples.push({ at_ms: now, bytes: sent });
    while (this.samples.length > 2 && now - this.samples[0].at_ms > RATE_WINDOW_MS) this.samples.shift();
    // All bytes are out, but the server still compares and files them.
    if (this.state !== "paused") this.set(sent === this.file.size ? "checking" : "sending");
  }

  shouldRetry(error) {
    const status = statusOf(error);
    if (FINAL_STATUSES.has(status)) return false;
    this.reason = problemSentence(status, error.originalResponse?.getBody() ?? "", contentType(error.originalResponse));
    this.samples = [];
    this.set("retrying");
    return true;
  }

  async succeeded(response) {
    this.sent_bytes = this.file.size;
    this.videoUrl = videoUrl(response);
    this.set("finished");
  }

  fail(reason, { permanent = false } = {}) {
    this.reason = reason;
    this.isPermanent = permanent;
    this.set("failed");
  }

  set(state) {
    this.state = state;
    this.onChange(this);
  }
}

// A HEAD that meets a restarting server would make the library begin a new upload at zero. As an error it is
// retried instead, and the bytes that are there stay there.
function keepPlaceOnServerTrouble(request, response) {
  const status = response.getStatus();
  if (request.getMethod() !== "HEAD" || status < 400 || status === 404 || status === 410 || status === 423) return;
  throw Object.assign(new Error(`status ${status}`), { status });
}

function statusOf(error) {
  return error.originalResponse?.getStatus() ?? error.causingError?.status ?? 0;
}

function sentenceOf(error) {
  const response = error.originalResponse;
  if (!error.originalRequest) return "The file could not be read. Was it moved or changed?";
  return problemSentence(statusOf(error), response?.getBody() ?? "", contentType(response));
}

function contentType(response) {
  return response?.getHeader("Content-Type") ?? "";
}

function videoUrl(response) {
  const link = response?.getHeader("Debrief-Video") ?? "";
  return link.startsWith("/") ? link : "";
}

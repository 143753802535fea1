// <debrief-upload>: drop zone, file picker, the list of uploads, and those a reload or a crash left unfinished.

import { createRow, drawTask, drawUnfinished, outcomeWords } from "./lib/uploads/row.js";
import { lockedUploads } from "./lib/uploads/lock.js";
import { askServer, discardOnServer } from "./lib/uploads/server.js";
import { uploadStore } from "./lib/uploads/store.js";
import { UploadTask } from "./lib/uploads/task.js";
import { bytes } from "./lib/words/bytes.js";

const MAX_AT_ONCE = 2;
const FOLLOW_EVERY_MS = 2000;
const FOLLOWED_AT_ONCE = 4;

class UploadElement extends HTMLElement {
  connectedCallback() {
    this.store = uploadStore(this.dataset.user);
    this.rows = new Map();
    this.list = this.querySelector("[data-list]");
    this.picker = this.querySelector('input[type="file"]');
    this.template = this.querySelector("template");
    this.querySelector("[data-choose]").addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => this.pick());
    this.querySelector("[data-pause-all]").addEventListener("click", () => this.pauseOrResumeAll());
    this.querySelector("[data-clear]").addEventListener("click", () => this.clearFinished());
    this.listenForDrops();
    window.addEventListener("beforeunload", (event) => this.warnBeforeLeaving(event));
    this.showUnfinished();
  }

  get tasks() {
    return [...this.rows.keys()];
  }

  pick() {
    this.add([...this.picker.files]);
    this.picker.value = "";
  }

  add(files) {
    for (const file of files) this.addOne(file);
    this.startNext();
    this.showUnfinished();
  }

  addOne(file) {
    const task = new UploadTask(file, {
      endpoint: this.dataset.endpoint,
      store: this.store,
      headers: { "X-CSRFToken": this.dataset.csrf, Accept: "application/problem+json" },
      maxBytes: Number(this.dataset.maxBytes),
      chunkMaxBytes: Number(this.dataset.chunkMaxBytes),
      onChange: (changed) => this.changed(changed),
      findTwin: (task) => this.tasks.find((other) => other !== task && !other.isOver && !other.twin && other.print === task.print),
    });
    const row = createRow(this.template, file.name, (what) => this.pressed(task, what));
    this.rows.set(task, row);
    this.list.append(row);
    this.changed(task);
  }

  pressed(task, what) {
    if (what === "pause") task.pause();
    if (what === "resume" || what === "again") task.resume();
    if (what === "discard") this.discard(task);
  }

  async discard(task) {
    this.rows.get(task).remove();
    this.rows.delete(task);
    await task.discard();
    this.drawSummary();
    this.startNext();
  }

  changed(task) {
    const row = this.rows.get(task);
    if (!row || task.state === "discarded") return;
    const isNews = row.dataset.state !== task.state || (task.outcome && row.dataset.outcome !== task.outcome.status);
    drawTask(row, task);
    this.drawSummary();
    if (isNews) this.announce(task);
    if (task.state === "sending") document.dispatchEvent(new CustomEvent("debrief:activity"));
  }

  announce(task) {
    if (task.state === "finished") {
      this.say(`${task.file.name}: ${task.outcome ? outcomeWords(task.outcome) : "Uploaded."}`);
      this.followLater();
      document.body.dispatchEvent(new CustomEvent("debrief:changed", { bubbles: true }));
    }
    if (task.state === "failed") this.say(`${task.file.name} failed: ${task.reason}`);
    if (["finished", "failed", "paused", "waiting"].includes(task.state)) this.startNext();
    if (["sending", "finished"].includes(task.state)) this.showUnfinished();
  }

  // A few at a time: each is a request, and the list below is asked for as well.
  followLater() {
    this.timer ??= setTimeout(async () => {
      const followed = this.tasks.filter((task) => task.isFollowed).sort((a, b) => a.followed_ms - b.followed_ms);
      await Promise.all(followed.slice(0, FOLLOWED_AT_ONCE).map((task) => task.follow()));
      this.timer = null;
      if (followed.length) this.followLater();
    }, FOLLOW_EVERY_MS);
  }

  startNext() {
    const running = this.tasks.filter((task) => ["preparing", "sending", "retrying", "checking"].includes(task.state)).length;
    const waiting = this.tasks.filter((task) => task.state === "waiting" && (!task.twin || task.twin.isOver));
    for (const task of waiting.slice(0, Math.max(0, MAX_AT_ONCE - running))) task.start();
  }

  pauseOrResumeAll() {
    const active = this.tasks.filter((task) => task.isActive);
    if (active.length) return active.reverse().forEach((task) => task.pause());
    for (const task of this.tasks.filter((task) => task.state === "paused")) task.set("waiting");
    this.startNext();
  }

  clearFinished() {
    for (const [task, row] of this.rows) {
      if (!task.isOver) continue;
      row.remove();
      this.rows.delete(task);
    }
    this.drawSummary();
  }

  drawSummary() {
    const open = this.tasks.filter((task) => !task.isOver);
    this.querySelector('[data-section="now"]').hidden = this.rows.size === 0;
    this.querySelector("[data-summary]").textContent = open.length ? summary(open) : "Uploads";
    const all = this.querySelector("[data-pause-all]");
    all.hidden = open.length < 2;
    all.textContent = open.some((task) => task.isActive) ? "Pause all" : "Resume all";
    this.querySelector("[data-clear]").hidden = !this.tasks.some((task) => task.isOver);
    this.foldWhenDone(open);
  }

  // After a batch whose files all came in well, the library is what a person wants to see.
  foldWhenDone(open) {
    const isDone = this.rows.size > 1 && !open.length && this.tasks.every((task) => task.state === "finished" && isWell(task));
    const section = this.querySelector('[data-section="now"]');
    if (isDone && !section.classList.contains("is-done")) this.say("All files are in the library.");
    section.classList.toggle("is-done", isDone);
    if (isDone) this.querySelector("[data-summary]").textContent = `${this.rows.size} files uploaded`;
  }

  listenForDrops() {
    const zone = document.documentElement;
    zone.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.toggleAttribute("data-over", true);
    });
    zone.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.removeAttribute("data-over");
    });
    zone.addEventListener("drop", (event) => this.dropped(event));
  }

  dropped(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.removeAttribute("data-over");
    const items = [...event.dataTransfer.items];
    const hasFolder = items.some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (hasFolder) this.say("A folder cannot be added. Open it and drop the video files.", { isVisible: true });
    this.add(items.filter((item) => item.kind === "file" && !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile()));
  }

  async showUnfinished() {
    const [known, locked] = await Promise.all([this.store.findAllUploads(), lockedUploads()]);
    const shown = new Set(this.tasks.map((task) => task.url));
    const idle = known.filter(({ uploadUrl }) => !shown.has(uploadUrl) && !locked.has(uploadUrl));
    const rows = (await Promise.all(idle.map((entry) => this.unfinishedRow(entry)))).filter(Boolean);
    this.querySelector("[data-unfinished]").replaceChildren(...rows);
    this.querySelector('[data-section="unfinished"]').hidden = rows.length === 0;
  }

  async unfinishedRow(entry) {
    const there = await askServer(entry.uploadUrl).catch(() => null);
    if (there === null) return null;
    // It may have begun to be sent while we asked.
    if (this.tasks.some((task) => task.url === entry.uploadUrl)) return null;
    const isDone = there.isGone || there.offset_bytes === there.size_bytes;
    if (isDone) return void this.store.removeUpload(entry.urlStorageKey);
    if (!Number.isFinite(there.size_bytes)) return null;
    const row = createRow(this.template, there.filename || "A video", (what) => {
      if (what === "choose") this.picker.click();
      if (what === "discard") this.discardUnfinished(entry);
    });
    drawUnfinished(row, there);
    return row;
  }

  async discardUnfinished(entry) {
    const isGone = await discardOnServer(entry.uploadUrl).catch(() => false);
    if (!isGone) return this.say("The server cannot be reached. Try again.", { isVisible: true });
    await this.store.removeUpload(entry.urlStorageKey);
    this.showUnfinished();
  }

  warnBeforeLeaving(event) {
    if (this.tasks.some((task) => task.isActive)) event.preventDefault();
  }

  async say(words, { isVisible = false } = {}) {
    this.querySelector("[data-news]").textContent = words;
    if (!isVisible) return;
    const { toast } = await import("./lib/page/toast.js");
    toast(words, { level: "warning" });
  }
}

// A rejected file says why in its row.
function isWell({ outcome }) {
  return !["rejected", "failed"].includes(outcome?.status);
}

function summary(tasks) {
  const sent = tasks.reduce((sum, task) => sum + task.sent_bytes, 0);
  const size = tasks.reduce((sum, task) => sum + task.file.size, 0);
  const what = tasks.length === 1 ? "1 upload" : `${tasks.length} uploads`;
  return `${what}, ${bytes(sent)} of ${bytes(size)}`;
}

customElements.define("debrief-upload", UploadElement);

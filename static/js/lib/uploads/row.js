// Draws one upload into the <template data-row> of <debrief-upload>. Which buttons a state offers is one table.

import { bytes, timeLeft } from "../words/bytes.js";

const SHOWN = {
  waiting: { words: "Waiting", icon: "queued", buttons: ["pause", "discard"] },
  preparing: { words: "Reading the file", icon: "hourglass", buttons: ["pause", "discard"] },
  sending: { words: "Uploading", icon: "upload", buttons: ["pause", "discard"] },
  retrying: { words: "Trying again by itself.", icon: "warning", buttons: ["pause", "discard"] },
  paused: { words: "Paused", icon: "pause", buttons: ["resume", "discard"] },
  checking: { words: "All sent. The server checks the file.", icon: "hourglass", buttons: [] },
  finished: { words: "Uploaded.", icon: "hourglass", buttons: ["open"] },
  failed: { words: "Failed:", icon: "failed", buttons: ["again", "discard"] },
  unfinished: { words: "Cut off", icon: "pause", buttons: ["choose", "discard"] },
};

// What the library says of a file that has arrived. Green is for what can be used.
const OUTCOMES = {
  processing: { words: "It is being prepared.", icon: "hourglass" },
  ready: { words: "It is ready.", icon: "ready" },
  rejected: { words: "This file cannot be used:", icon: "failed" },
  failed: { words: "Preparing it failed:", icon: "failed" },
  cancelled: { words: "Preparing it was cancelled.", icon: "cancelled" },
  removed: { words: "It was removed from the library.", icon: "cancelled" },
};

export function outcomeWords({ status, reason, was_known }) {
  const arrived = status === "removed" ? "" : was_known ? "Already in your library." : "Uploaded.";
  const why = status === "rejected" || status === "failed" ? reason : "";
  return [arrived, OUTCOMES[status].words, why].filter(Boolean).join(" ");
}

export function createRow(template, name, onButton) {
  const row = template.content.firstElementChild.cloneNode(true);
  part(row, "name").textContent = name;
  part(row, "progress").setAttribute("aria-label", `Upload of ${name}`);
  for (const button of row.querySelectorAll("[data-do]")) {
    button.setAttribute("aria-label", `${button.textContent.trim()} ${name}`);
    if (button.localName === "button") button.addEventListener("click", () => onButton(button.dataset.do));
  }
  return row;
}

export function drawTask(row, task) {
  const shown = SHOWN[task.state];
  const done = task.state === "preparing" ? task.compared_bytes : task.sent_bytes;
  drawState(row, task.state, { sent: done, size: task.file.size });
  part(row, "state").textContent = sentence(task, shown.words);
  const left = task.state === "sending" ? timeLeft(task.secondsLeft) : "";
  part(row, "bytes").textContent = amount(done, task.file.size, task.state) + (left ? ` · ${left}` : "");
  drawOutcome(row, task);
  if (task.isPermanent) row.querySelector('[data-do="again"]').hidden = true;
}

function drawOutcome(row, { state, outcome, videoUrl }) {
  const open = row.querySelector('[data-do="open"]');
  if (videoUrl && outcome?.status !== "removed") open.href = videoUrl;
  else open.hidden = true;
  if (state !== "finished" || !outcome) return;
  row.dataset.outcome = outcome.status;
  part(row, "icon").className = `icon icon-${OUTCOMES[outcome.status].icon}`;
}

export function drawUnfinished(row, { offset_bytes, size_bytes }) {
  drawState(row, "unfinished", { sent: offset_bytes, size: size_bytes });
  part(row, "state").textContent = SHOWN.unfinished.words;
  part(row, "bytes").textContent = `${bytes(offset_bytes)} of ${bytes(size_bytes)} are on the server`;
}

function drawState(row, state, { sent, size }) {
  const shown = SHOWN[state];
  row.dataset.state = state;
  part(row, "icon").className = `icon icon-${shown.icon}`;
  const progress = part(row, "progress");
  progress.hidden = state === "finished" || (state === "failed" && sent === 0);
  progress.max = Math.max(1, size);
  progress.value = sent;
  for (const button of row.querySelectorAll("[data-do]")) button.hidden = !shown.buttons.includes(button.dataset.do);
}

function sentence(task, words) {
  if (task.state === "finished" && task.outcome) return outcomeWords(task.outcome);
  if (task.state === "failed") return `${words} ${task.reason}`;
  if (task.state === "waiting" && task.twin) return "Waiting for the other upload of this file";
  if (task.state === "preparing" && task.compared_bytes) return "Comparing with what is on the server";
  if (task.state === "retrying") return `${task.reason} ${words}`;
  return words;
}

function amount(sent, size, state) {
  return state === "finished" ? bytes(size) : `${bytes(sent)} of ${bytes(size)}`;
}

function part(row, name) {
  return row.querySelector(`[data-${name}]`);
}

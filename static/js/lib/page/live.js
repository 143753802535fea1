// Fragments: a change made here asks the lists to come again; opened details stay open across a swap; lost contact is said once and taken back when it returns.

import { patchRows } from "./patch_rows.js";
import { problemSentence } from "../server/problem.js";
import { clearToast, toast } from "./toast.js";

const LOST = "No contact with the server. This page will catch up by itself.";

export function patchLists(root) {
  let isPressed = false;
  root.addEventListener("pointerdown", () => (isPressed = true));
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (isPressed = false));
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const list = detail.target;
    if (!detail.shouldSwap || !list?.hasAttribute("data-patch")) return;
    // A link may be gone by the time its answer comes, and with it the hx-select that it inherited.
    detail.selectOverride = `#${list.id}`;
    const isPoll = !detail.requestConfig.triggeringEvent;
    // A press that has begun ends on the same button; the next poll brings the news.
    if (isPoll && isPressed) detail.shouldSwap = false;
    else if (patchRows(list, detail.serverResponse)) detail.shouldSwap = false;
  });
}

export function keepOpenWhatWasOpen(root) {
  let openIds = [];
  root.addEventListener("htmx:beforeSwap", () => {
    openIds = [...root.querySelectorAll("details[open][id]")].map((details) => details.id);
  });
  root.addEventListener("htmx:afterSwap", () => {
    for (const id of openIds) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
  });
}

export function reportTrouble(root) {
  root.addEventListener("htmx:sendError", () => toast(LOST, { level: "warning" }));
  root.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    clearToast(LOST);
    if (event.detail.requestConfig.verb !== "get") root.dispatchEvent(new CustomEvent("debrief:changed"));
  });
  root.addEventListener("htmx:responseError", ({ detail }) => {
    const { status, responseText } = detail.xhr;
    if (status === 401) return location.reload();
    const kind = detail.xhr.getResponseHeader("Content-Type");
    toast(problemSentence(status, responseText, kind), { level: "error" });
  });
}

// Scoring by keys: a digit scores the item at hand and goes on to the next. Whoever types text types text.

import { typesText } from "../lib/player/keys.js";
import { isComposing } from "../lib/page/typing.js";

const form = document.querySelector("[data-scores]");

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey || isComposing(event) || typesText(event.target)) return;
  const item = event.target.closest?.(".score-item") ?? firstOpen();
  const choice = item?.querySelector(`input[type=radio][value="${CSS.escape(event.key)}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  (firstOpen() ?? item).querySelector("input").focus();
});

function firstOpen() {
  return [...form.querySelectorAll(".score-item")].find((item) => !item.querySelector(":checked")) ?? null;
}

// Puts a thread drawn by the server in the place of the shown one, but leaves turns alone that are the same: focus,
// open facts and text that is being written survive.

export function mergeTurns(place, html, isRunning) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const shown = new Map([...place.querySelectorAll(".turn")].map((turn) => [turn.dataset.answerId, turn]));
  for (const turn of template.content.querySelectorAll(".turn")) {
    const old = shown.get(turn.dataset.answerId);
    if (old && isSame(old, turn, isRunning)) turn.replaceWith(old);
  }
  place.replaceChildren(template.content);
}

function isSame(old, turn, isRunning) {
  const isStillRunning = isRunning(old) && ["queued", "running"].includes(turn.dataset.status);
  return isStillRunning || old.dataset.version === turn.dataset.version;
}

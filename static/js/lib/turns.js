// Brings the shown thread to what the server drew, turn by turn, and leaves turns alone that are the same: focus, open
// facts, the place on the page and text that is being written survive.

const ACTIVE = new Set(["queued", "running"]);

export function mergeTurns(place, html, isRunning) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const drawn = template.content.querySelector(".turns");
  const shown = place.querySelector(".turns");
  if (!shown || !shown.querySelector(".turn") || !drawn.querySelector(".turn")) {
    place.replaceChildren(drawn);
    return;
  }
  shown.dataset.ready = drawn.dataset.ready;
  reconcile(shown, [...drawn.querySelectorAll(".turn")], isRunning);
}

function reconcile(shown, turns, isRunning) {
  const old = new Map([...shown.querySelectorAll(".turn")].map((turn) => [turn.dataset.answerId, turn]));
  const kept = turns.map((turn) => {
    const before = old.get(turn.dataset.answerId);
    return before && isSame(before, turn, isRunning) ? before : turn;
  });
  for (const turn of old.values()) if (!kept.includes(turn)) turn.remove();
  kept.forEach((turn, index) => {
    if (shown.children[index] !== turn) shown.insertBefore(turn, shown.children[index] ?? null);
  });
}

function isSame(before, turn, isRunning) {
  const isStillRunning = isRunning(before) && ACTIVE.has(turn.dataset.status);
  return isStillRunning || before.dataset.version === turn.dataset.version;
}

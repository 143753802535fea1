// Brings the shown thread to what the server drew, turn by turn, and leaves turns alone that are the same: focus, open
// facts, the place on the page and text that is being written survive.

const ACTIVE = new Set(["queued", "running"]);
// Those above need no layout until somebody scrolls to them.
const NEAR_TURNS = 6;

// `after`: the id of the answer behind which the drawn turns stand; what is before it stays. null: they are all there is.
// False if that answer is not shown here: the page has to fetch the whole thread.
export function mergeTurns(place, html, { after = null, isRunning }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const drawn = template.content.querySelector(".turns");
  const shown = place.querySelector(".turns");
  if (after !== null && !shown?.querySelector(turnOf(after))) return false;
  if (!shown || !shown.querySelector(".turn") || !drawn.querySelector(".turn")) {
    for (const turn of [...drawn.querySelectorAll(".turn")].slice(0, -NEAR_TURNS)) turn.classList.add("far");
    place.replaceChildren(drawn);
    return true;
  }
  shown.dataset.ready = drawn.dataset.ready;
  shown.dataset.shown = drawn.dataset.shown;
  reconcile(shown, [...drawn.querySelectorAll(".turn")], { after, isRunning });
  return true;
}

export function turnOf(answerId) {
  return `.turn[data-answer-id="${CSS.escape(answerId)}"]`;
}

function reconcile(shown, turns, { after, isRunning }) {
  const all = [...shown.querySelectorAll(".turn")];
  const start = after === null ? 0 : all.findIndex((turn) => turn.dataset.answerId === after) + 1;
  const old = new Map(all.slice(start).map((turn) => [turn.dataset.answerId, turn]));
  const kept = new Set(
    turns.map((turn) => {
      const before = old.get(turn.dataset.answerId);
      return before && isSame(before, turn, isRunning) ? before : turn;
    }),
  );
  for (const turn of old.values()) if (!kept.has(turn)) turn.remove();
  let at = start;
  for (const turn of kept) {
    if (shown.children[at] !== turn) shown.insertBefore(turn, shown.children[at] ?? null);
    at += 1;
  }
}

function isSame(before, turn, isRunning) {
  const isStillRunning = isRunning(before) && ACTIVE.has(turn.dataset.status);
  return isStillRunning || before.dataset.version === turn.dataset.version;
}

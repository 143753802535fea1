// A cited moment, wherever on the page it stands, seeks the player.

document.addEventListener("click", ({ target }) => {
  const chip = target.closest("[data-seek-s]");
  if (!chip) return;
  const detail = { start_s: Number(chip.dataset.seekS), end_s: Number(chip.dataset.seekEndS) };
  document.dispatchEvent(new CustomEvent("debrief:seek", { detail }));
});

// What the video shows at a citation's first second, while the citation has the pointer or the focus.

const GAP_PX = 6;

export function previewChips(thread, { sheetOf, signal }) {
  const box = document.createElement("div");
  box.className = "preview chip-preview";
  box.setAttribute("aria-hidden", "true");
  box.hidden = true;
  const picture = document.createElement("div");
  picture.className = "preview-picture";
  box.append(picture);
  document.body.append(box);
  let wanted = null;

  const show = async ({ target }) => {
    const chip = target.closest?.(".time-chip") ?? null;
    if (chip === wanted) return;
    wanted = chip;
    box.hidden = true;
    const sheet = chip && sheetOf();
    if (!sheet) return;
    await sheet.load();
    if (wanted !== chip || !sheet.place(picture, Number(chip.dataset.startS))) return;
    box.hidden = false;
    putAbove(box, chip);
  };
  const hide = () => {
    wanted = null;
    box.hidden = true;
  };
  for (const name of ["pointerover", "focusin"]) thread.addEventListener(name, show, { signal });
  for (const name of ["pointerleave", "focusout", "scroll"]) thread.addEventListener(name, hide, { signal });
  signal.addEventListener("abort", () => box.remove());
}

function putAbove(box, chip) {
  const place = chip.getBoundingClientRect();
  const left = Math.min(Math.max(GAP_PX, place.left), innerWidth - box.offsetWidth - GAP_PX);
  const above = place.top - box.offsetHeight - GAP_PX;
  box.style.left = `${left}px`;
  box.style.top = `${above < GAP_PX ? place.bottom + GAP_PX : above}px`;
}

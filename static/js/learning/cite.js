// What a step may cite: a click puts the key where the step is being written.

document.addEventListener("click", ({ target }) => {
  const cite = target.closest("[data-cite]");
  const field = cite?.closest("form")?.querySelector("textarea");
  if (!field) return;
  const before = field.value.slice(0, field.selectionStart);
  const space = before && !/\s$/.test(before) ? " " : "";
  field.setRangeText(`${space}${cite.dataset.cite} `, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

// <details data-menu> is a menu that opens without script; this closes it on Escape, on a click elsewhere, on leaving.

export function closeMenus(root) {
  root.addEventListener("click", (event) => closeAllBut(root, event.target.closest?.("details[data-menu]")));
  root.addEventListener("focusin", (event) => closeAllBut(root, event.target.closest?.("details[data-menu]")));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  });
}

function closeAllBut(root, kept) {
  for (const menu of root.querySelectorAll("details[data-menu][open]")) {
    if (menu !== kept) menu.open = false;
  }
}

// Ctrl-K (or Cmd-K): to the library's search, from any page.

export function leadToSearch(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (!root.querySelector(".nav")) return;
    event.preventDefault();
    const field = root.querySelector("#search");
    if (field) field.select();
    else location.assign("/#search");
  });
}

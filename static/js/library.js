// The library: what is selected, and the search form. Ctrl-K on another page leads into it, and it says what the list shows, also after a filter or "Show all" changed the address.

import { Selection } from "./lib/page/selection.js";

const form = document.querySelector("form.search");
const selection = new Selection(document.getElementById("selection"), document.querySelector("main"));

document.body.addEventListener("htmx:afterSettle", () => selection.show());

if (location.hash === "#search") form.elements.search.focus();

document.body.addEventListener("htmx:replacedInHistory", () => {
  const shown = new URLSearchParams(location.search);
  form.elements.status.value = shown.get("status") ?? "";
  if (document.activeElement !== form.elements.search) form.elements.search.value = shown.get("search") ?? "";
});

// The library's search form: Ctrl-K on another page leads into it, and it says what the list shows, also after a filter or "Show all" changed the address.

const form = document.querySelector("form.search");

if (location.hash === "#search") form.elements.search.focus();

document.body.addEventListener("htmx:replacedInHistory", () => {
  const shown = new URLSearchParams(location.search);
  form.elements.status.value = shown.get("status") ?? "";
  if (document.activeElement !== form.elements.search) form.elements.search.value = shown.get("search") ?? "";
});

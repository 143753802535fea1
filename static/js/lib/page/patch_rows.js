// Polled lists (<section data-patch>): only what has changed is replaced. A row that stands still keeps its focus, its
// hover and a click that is under way; a whole new list every second would take them away.

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;
const PASSING = / (?:open=""|class="")|\s?\bhtmx-(?:request|added|settling|swapping)\b/g;

// True when `list` now shows what `html` says. False: the list as a whole has to be swapped.
export function patchRows(list, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(list.id);
  if (!fresh || shell(fresh) !== shell(list)) return false;
  const [shown, wanted] = [parts(list), parts(fresh)];
  if (shown.map(({ id }) => id).join() !== wanted.map(({ id }) => id).join()) return false;
  shown.forEach((part, index) => replaceIfChanged(part, wanted[index]));
  return true;
}

// The element without its content: its attributes say whether and where the list polls.
function shell(element) {
  return bare(element.cloneNode(false).outerHTML);
}

// Rows one by one, everything else (filters, pages, the empty state) as a whole.
function parts(list) {
  return [...list.children].flatMap((child) => (child.hasAttribute("data-rows") ? [...child.children] : [child]));
}

function replaceIfChanged(shown, wanted) {
  if (bare(shown.outerHTML) === bare(wanted.outerHTML)) return;
  const openIds = [...shown.querySelectorAll("details[open][id]")].map(({ id }) => id);
  const checkedIds = [...shown.querySelectorAll("input:checked[id]")].map(({ id }) => id);
  const focusId = shown.contains(document.activeElement) ? document.activeElement.id : "";
  const placed = document.importNode(wanted, true);
  for (const id of checkedIds) check(placed.querySelector(`#${CSS.escape(id)}`));
  for (const id of openIds) placed.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  shown.replaceWith(placed);
  globalThis.htmx.process(placed);
  if (focusId) document.getElementById(focusId)?.focus({ preventScroll: true });
}

function check(box) {
  if (box) box.checked = true;
}

function bare(html) {
  return html.replace(TOKEN, "").replace(PASSING, "");
}

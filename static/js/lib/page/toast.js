// Short news in the corner. Trouble stays until it is closed; good news leaves by itself.

const GOOD_NEWS_MS = 6000;

export function toast(text, { level = "info" } = {}) {
  const place = document.getElementById("toasts");
  if ([...place.children].some((shown) => shown.dataset.text === text)) return;
  const notice = build(text, level);
  place.append(notice);
  if (level !== "error" && level !== "warning") setTimeout(() => notice.remove(), GOOD_NEWS_MS);
}

export function clearToast(text) {
  for (const shown of document.getElementById("toasts").children) {
    if (shown.dataset.text === text) shown.remove();
  }
}

function build(text, level) {
  const notice = document.createElement("div");
  notice.className = `notice ${level}`;
  notice.dataset.text = text;
  const icon = document.createElement("span");
  icon.className = `icon icon-${level}`;
  icon.ariaHidden = "true";
  const words = document.createElement("span");
  words.className = "spring";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button plain small";
  close.textContent = "Close";
  close.addEventListener("click", () => notice.remove());
  notice.append(icon, words, close);
  return notice;
}

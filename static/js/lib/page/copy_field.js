// <button data-copy="id of a field">: puts what the field holds on the clipboard, and says so on the button.

import { copyText } from "./clipboard.js";
import { toast } from "./toast.js";

const THANKS_MS = 2000;

export function copyFields(root) {
  root.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    try {
      await copyText(field.value);
    } catch (error) {
      field.select();
      return toast("The browser did not copy it. It is selected: copy it yourself.", { level: "warning" });
    }
    const words = button.querySelector("[data-copy-words]");
    words.textContent = "Copied";
    setTimeout(() => (words.textContent = "Copy"), THANKS_MS);
  });
}

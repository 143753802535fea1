// Turns a question into a box in which it can be changed; sending it opens a new branch beside the old one.

import { isComposing } from "../page/typing.js";

export function editQuestion(turn, send) {
  const question = turn.querySelector(".question");
  if (question.querySelector(".question-editor")) return;
  const text = question.querySelector('[data-part="question-text"]');
  const tools = question.querySelector(".turn-tools");
  const { form, box, error } = build(text.textContent);
  const close = () => {
    form.remove();
    text.hidden = tools.hidden = false;
    tools.querySelector('[data-action="edit"]')?.focus();
  };
  const submit = async () => {
    error.textContent = "";
    await send(question.dataset.editUrl, box.value).then(close, (refused) => (error.textContent = refused.message));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("reset", close);
  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  text.hidden = tools.hidden = true;
  text.after(form);
  box.focus();
}

function build(value) {
  const form = element("form", "question-editor");
  const box = element("textarea", "textarea");
  box.dir = "auto";
  box.value = value;
  box.rows = Math.min(8, value.split("\n").length + 1);
  box.setAttribute("aria-label", "Change the question");
  const error = element("p", "error-text");
  error.setAttribute("role", "alert");
  const send = element("button", "button small");
  send.type = "submit";
  send.textContent = "Ask this instead";
  const cancel = element("button", "button quiet small");
  cancel.type = "reset";
  cancel.textContent = "Cancel";
  const row = element("div", "row");
  row.append(send, cancel);
  form.append(box, error, row);
  return { form, box, error };
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

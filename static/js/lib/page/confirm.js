// <form data-confirm="question" data-confirm-button="word">: asks in a dialog before the form goes anywhere.

let dialog = null;

export function askBeforeSubmit(root) {
  root.addEventListener("submit", (event) => hold(event), { capture: true });
}

async function hold(event) {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(form.dataset.confirm, form.dataset.confirmButton ?? "Yes"))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter ?? undefined);
  delete form.dataset.confirmed;
}

function ask(question, yes) {
  dialog ??= build();
  dialog.querySelector("p").textContent = question;
  dialog.querySelector('[value="yes"]').textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function build() {
  const made = document.createElement("dialog");
  made.setAttribute("aria-label", "Please confirm");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "stack";
  const buttons = document.createElement("div");
  buttons.className = "row";
  buttons.append(button("Keep", "no", "quiet"), button("", "yes", "danger"));
  form.append(document.createElement("p"), buttons);
  made.append(form);
  document.body.append(made);
  return made;
}

function button(words, value, kind) {
  const made = document.createElement("button");
  made.value = value;
  made.className = `button ${kind}`;
  made.textContent = words;
  return made;
}

// What leaves the page as text carries what the page says of it: times, verdicts, what could not be checked, and that
// it was written by AI.

import { copyText } from "../page/clipboard.js";

const THANKS_MS = 2000;
const ASIDE = ".turn-tools, .thumb-form, [popover], [aria-hidden=true], .icon, button:not(.time-chip, .verdict, .ai-mark)";
const BLOCKS = new Set("P H1 H2 H3 H4 H5 H6 LI UL OL PRE BLOCKQUOTE TABLE TR DIV SECTION HR".split(" "));

export async function copyAnswer(turn) {
  await copyText(answerWords(turn.querySelector(".answer")));
  const words = turn.querySelector('[data-part="copy-words"]');
  words.textContent = "Copied";
  setTimeout(() => (words.textContent = "Copy"), THANKS_MS);
}

// A selection that touches an answer is copied as words too; its AI mark comes along wherever the selection began.
export function copySelection(event, thread) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const answers = [...thread.querySelectorAll(".answer")].filter((answer) => range.intersectsNode(answer));
  if (!answers.length || event.target.closest?.("input, textarea")) return;
  event.preventDefault();
  const words = wordsOf(range.cloneContents());
  const isMarked = words.includes(markOf(answers.at(-1)));
  event.clipboardData.setData("text/plain", isMarked ? words : `${words}\n\n${markOf(answers.at(-1))}`);
}

export function answerWords(answer) {
  return `${wordsOf(answer.querySelector('[data-part="body"]'), { withMark: false })}\n\n${markOf(answer)}`;
}

// "Written by AI (model, 3 May 2026, 10:12). Not for diagnosis, ..."
function markOf(answer) {
  return answer.querySelector("[data-mark]")?.dataset.mark ?? "Written by AI.";
}

function wordsOf(root, { withMark = true } = {}) {
  let words = "";
  const breakLine = () => (words = words && words.replace(/[ \t]*\n*$/, "\n"));
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return void (words += node.data.replace(/\s+/g, " "));
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(".ai-mark")) return void (withMark && node.dataset.mark && (words += `${node.dataset.mark}\n`));
      if (node.matches(".time-chip")) return void (words += `(${node.textContent.trim()})`);
      if (node.matches(".verdict")) return void (words += `[${node.dataset.words ?? node.lastChild.textContent.trim()}]`);
      if (node.matches(ASIDE)) return;
      if (node.nodeName === "BR") return void (words += "\n");
    }
    if (BLOCKS.has(node.nodeName)) breakLine();
    if (node.nodeName === "LI") words += "- ";
    if (node.nodeName === "PRE") words += node.textContent;
    else node.childNodes.forEach(read);
    if (/^T[DH]$/.test(node.nodeName)) words += "\t";
    if (BLOCKS.has(node.nodeName)) breakLine();
  };
  root.childNodes.forEach(read);
  return words.replace(/[ \t]+\n/g, "\n").replace(/\n[ ]+/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

// An answer's text as elements, by the rules of webapp/conversations/rendering.py: the same parser, the same additions,
// so that nothing jumps when the server's HTML takes the place of a streamed text. tests/vectors/markdown.json holds both.
//
// The text is a model's and may be hostile: only the elements and attributes named here are ever made.

import "../../../vendor/markdown-it/markdown-it.min.js";
import { canonical, clockRange, timeChip, withoutUnfinished } from "./citations.js";

const RULES = ["heading", "list", "blockquote", "fence", "hr", "table", "emphasis", "strikethrough", "backticks", "newline", "escape"];
const TAGS = new Set("P BR STRONG EM S CODE PRE BLOCKQUOTE HR H1 H2 H3 H4 H5 H6 UL OL LI TABLE THEAD TBODY TR TH TD".split(" "));
const CITATION = /\[\[t=(\d{1,7}(?:\.\d)?)-(\d{1,7}(?:\.\d)?)\]\]/y;
const CLOSING = /[.,;:!?)]+/y;
const FORMULA = /\\\([^\n[]{1,200}?\\\)|\\\[[^\n[]{1,200}?\\\]|\$\$[^$\n[]{1,200}\$\$|\$(?! )[^$\n[]{1,200}?(?<! )\$(?!\d)/y;
const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;

export class StreamedMarkdown {
  constructor(root, durationS) {
    this.root = root;
    this.durationS = Number.isFinite(durationS) ? durationS : Infinity;
    this.clear();
  }

  clear() {
    this.text = "";
    this.root.replaceChildren();
  }

  write(text) {
    this.text += text;
    this.#draw(withoutUnfinished(this.text));
  }

  end() {
    this.#draw(this.text);
  }

  #draw(text) {
    const template = document.createElement("template");
    template.innerHTML = parser().render(canonical(text, this.durationS));
    this.root.replaceChildren(allowed(template.content));
  }
}

let made = null;

function parser() {
  if (made) return made;
  made = globalThis.markdownit("zero", { html: false, linkify: false, breaks: true, maxNesting: 100 });
  made.enable(RULES);
  made.inline.ruler.before("text", "citation", citation);
  made.inline.ruler.before("escape", "formula", formula);
  made.inline.ruler.at("emphasis", emphasis);
  made.renderer.rules.citation = (tokens, index) => drawCitation(tokens[index].meta);
  made.core.ruler.push("code_citations", codeCitations);
  return made;
}

function citation(state, silent) {
  const match = matchAt(CITATION, state.src, state.pos);
  if (!match) return false;
  const closing = matchAt(CLOSING, state.src, state.pos + match[0].length)?.[0] ?? "";
  if (!silent) state.push("citation", "", 0).meta = { start_s: Number(match[1]), end_s: Number(match[2]), closing };
  state.pos += match[0].length + closing.length;
  return true;
}

// Between its signs a formula is words: no emphasis, no escapes.
function formula(state, silent) {
  const match = matchAt(FORMULA, state.src, state.pos);
  if (!match) return false;
  if (!silent) state.push("text", "", 0).content = match[0];
  state.pos += match[0].length;
  return true;
}

// CommonMark wants a blank or a mark beside ** where it meets punctuation; Chinese and Japanese have no blanks.
function emphasis(state, silent) {
  const marker = state.src.charCodeAt(state.pos);
  if (silent || (marker !== 0x2a && marker !== 0x5f)) return false;
  const scanned = state.scanDelims(state.pos, marker === 0x2a);
  const before = state.src[state.pos - 1] ?? " ";
  const after = state.src[state.pos + scanned.length] ?? " ";
  const isStar = marker === 0x2a;
  const open = scanned.can_open || (isStar && CJK.test(before) && after.trim() !== "");
  const close = scanned.can_close || (isStar && CJK.test(after) && before.trim() !== "");
  for (let count = 0; count < scanned.length; count += 1) {
    state.push("text", "", 0).content = String.fromCharCode(marker);
    state.delimiters.push({ marker, length: scanned.length, token: state.tokens.length - 1, end: -1, open, close });
  }
  state.pos += scanned.length;
  return true;
}

// In code no button can stand: there the times are words.
function codeCitations(state) {
  const words = (_all, start_s, end_s) => `(${clockRange(Number(start_s), Number(end_s))})`;
  for (const token of state.tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
    if (!["code_inline", "fence", "code_block"].includes(token.type)) continue;
    token.content = token.content.replace(new RegExp(CITATION.source, "g"), words);
  }
}

function drawCitation({ start_s, end_s, closing }) {
  const chip = timeChip(start_s, end_s).outerHTML;
  return closing ? `<span class="unbroken">${chip}${closing}</span>` : chip;
}

// The second wall. Chips are ours; whatever else the parser made keeps its words and nothing more.
function allowed(parent) {
  const kept = document.createDocumentFragment();
  for (const node of parent.childNodes) {
    if (node.nodeType === Node.TEXT_NODE && !isBetweenBlocks(node.data)) kept.append(node.data);
    if (node.nodeType === Node.ELEMENT_NODE) kept.append(allowedElement(node));
  }
  return kept;
}

function allowedElement(element) {
  if (element.matches("button.time-chip")) return timeChip(Number(element.dataset.startS), Number(element.dataset.endS));
  const isOurs = element.matches("span.unbroken");
  if (!TAGS.has(element.nodeName) && !isOurs) return allowed(element);
  const copy = document.createElement(element.localName);
  if (isOurs) copy.className = "unbroken";
  if (element.nodeName === "OL" && element.hasAttribute("start")) copy.setAttribute("start", String(element.start));
  copy.append(allowed(element));
  return copy;
}

function isBetweenBlocks(text) {
  return text.includes("\n") && !text.trim();
}

function matchAt(sticky, text, at) {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

// Draws a streamed answer as it comes. The text is a model's and may be hostile: only the elements named here are ever
// made, no attribute comes from the text, and links and images stay words. The server's HTML replaces all of it at the end.

import * as smd from "../../vendor/streaming-markdown/smd.min.js";
import { CitationScanner, MARKS } from "./citations.js";

const ELEMENTS = new Map([
  [smd.PARAGRAPH, "p"],
  [smd.HEADING_1, "h4"],
  [smd.HEADING_2, "h4"],
  [smd.HEADING_3, "h4"],
  [smd.HEADING_4, "h5"],
  [smd.HEADING_5, "h5"],
  [smd.HEADING_6, "h5"],
  [smd.CODE_BLOCK, "pre"],
  [smd.CODE_FENCE, "pre"],
  [smd.CODE_INLINE, "code"],
  [smd.ITALIC_AST, "em"],
  [smd.ITALIC_UND, "em"],
  [smd.STRONG_AST, "strong"],
  [smd.STRONG_UND, "strong"],
  [smd.STRIKE, "s"],
  [smd.BLOCKQUOTE, "blockquote"],
  [smd.LINE_BREAK, "br"],
  [smd.RULE, "hr"],
  [smd.LIST_UNORDERED, "ul"],
  [smd.LIST_ORDERED, "ol"],
  [smd.LIST_ITEM, "li"],
  [smd.TABLE, "table"],
  [smd.TABLE_ROW, "tr"],
  [smd.TABLE_CELL, "td"],
]);

export class StreamedMarkdown {
  constructor(root, durationS) {
    this.root = root;
    this.durationS = durationS;
    this.clear();
  }

  clear() {
    this.root.replaceChildren();
    this.citations = new CitationScanner(this.durationS);
    this.parser = smd.parser(allowListRenderer(this.root, this.citations));
    this.isPlain = false;
  }

  write(text) {
    this.#draw(this.citations.write(text));
  }

  end() {
    this.#draw(this.citations.end());
    if (!this.isPlain) smd.parser_end(this.parser);
  }

  #draw(marked) {
    if (!marked) return;
    if (!this.isPlain) {
      try {
        smd.parser_write(this.parser, marked);
        return;
      } catch (error) {
        // Markup nested past the parser's depth: the rest of the stream is shown as it is.
        console.warn("Markdown of this answer could not be parsed.", error);
        this.isPlain = true;
      }
    }
    addText(this.root, marked, this.citations);
  }
}

function allowListRenderer(root, citations) {
  return {
    data: { nodes: [root] },
    add_token(data, token) {
      const parent = data.nodes.at(-1);
      const element = document.createElement(ELEMENTS.get(token) ?? "span");
      parent.append(element);
      data.nodes.push(element);
    },
    end_token(data) {
      if (data.nodes.length > 1) data.nodes.pop();
    },
    add_text(data, text) {
      addText(data.nodes.at(-1), text, citations);
    },
    // Addresses, languages, states: nothing that the text says becomes an attribute.
    set_attr() {},
  };
}

function addText(parent, text, citations) {
  let plain = "";
  for (const character of text) {
    if (MARKS.test(character)) {
      parent.append(plain, citations.drawMark(character));
      plain = "";
    } else {
      plain += character;
    }
  }
  if (plain) parent.append(plain);
}

"""The browser's side of a streamed answer by itself: hostile words, broken lines, citations in pieces.

The modules are served from disk by the browser's own router; no server and no database takes part.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute

from tests.e2e.conftest import ROOT
from tests.hostile import HARMLESS_TAGS, HOSTILE_TEXTS
from tests.vectors import citation_vectors, markdown_vectors

ORIGIN = "http://chat.test"
FOLDERS = {"/static/vendor/markdown-it/": ROOT / "node_modules/markdown-it/dist", "/static/": ROOT / "static"}
# What the streamed answer may carry on its elements; all of it is our own chips'.
STREAMED_ATTRIBUTES = {"type", "class", "data-start-s", "data-end-s", "aria-label", "start"}
STREAMED_TAGS = HARMLESS_TAGS

DRAW = """async ([text, size, duration]) => {
  const { StreamedMarkdown } = await import("/static/js/lib/answers/markdown.js");
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const streamed = new StreamedMarkdown(root, duration);
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += size) streamed.write(characters.slice(at, at + size).join(""));
  streamed.end();
  const all = [...root.querySelectorAll("*")];
  return {
    text: root.textContent,
    tags: all.map((element) => element.localName),
    attributes: all.flatMap((element) => element.getAttributeNames()),
    chips: [...root.querySelectorAll(".time-chip")].map((chip) => chip.textContent),
    fired: Boolean(window.fired),
  };
}"""

PARTS = """async (vectors) => {
  const { citationParts } = await import("/static/js/lib/answers/citations.js");
  const plain = (part) => (typeof part === "string" ? part : [part.start_s, part.end_s]);
  return vectors.map(([text, duration]) => citationParts(text, duration ?? Infinity).map(plain));
}"""

# Both as elements, without the blank lines between blocks that only the source has.
SAME = """async ([text, html, duration, size]) => {
  const { StreamedMarkdown } = await import("/static/js/lib/answers/markdown.js");
  const root = document.createElement("div");
  const streamed = new StreamedMarkdown(root, duration);
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += size) streamed.write(characters.slice(at, at + size).join(""));
  streamed.end();
  const finished = document.createElement("div");
  finished.innerHTML = html;
  const tidy = (place) => {
    for (const node of [...place.childNodes]) {
      if (node.nodeType === Node.TEXT_NODE && !node.data.trim() && node.data.includes("\\n")) node.remove();
      else tidy(node);
    }
    place.normalize();
    return place.innerHTML;
  };
  return [tidy(root), tidy(finished)];
}"""

COPY = """async (body) => {
  const { answerWords } = await import("/static/js/lib/answers/copy.js");
  const answer = document.createElement("div");
  const mark = '<button class="ai-mark" data-mark="Written by AI (m)."></button>';
  answer.innerHTML = `<div data-part="body">${mark}${body}</div>`;
  return answerWords(answer);
}"""

UNION = """async (segments) => {
  const { union } = await import("/static/js/lib/timeline/lines.js");
  return union(segments).map(({ start_s, end_s, probability }) => [start_s, end_s, probability]);
}"""

LANES = """async (data) => {
  const { lanesFrom } = await import("/static/js/lib/timeline/lines.js");
  return lanesFrom(data).map(({ segments }) => segments.map(({ start_s, end_s }) => [start_s, end_s]));
}"""

# As shared case chat-page 1: Safari's Enter that confirms a word of an input method.
SAFARI_ENTER = """async (where) => {
  const { keyAction } = await import("/static/js/lib/player/keys.js");
  const { isComposing } = await import("/static/js/lib/page/typing.js");
  const event = new KeyboardEvent("keydown", { key: where === "player" ? "k" : "Enter", keyCode: 229 });
  return where === "player" ? keyAction(event) : isComposing(event);
}"""

FOLLOW = """async () => {
  const { AnswerStream } = await import("/static/js/lib/answers/stream.js");
  const heard = { text: "", restarts: 0, types: [] };
  const stream = new AnswerStream({
    socketPath: "/ws/answers/1/", eventsUrl: "/answers/1/events", rowUrl: "/answers/1/",
    onMessage: (message) => {
      heard.types.push(message.type);
      if (message.type === "delta") heard.text += message.text;
      if (message.type === "restart" || message.type === "rejoin") heard.text = "";
      if (message.isRow && message.text !== undefined) heard.text = message.text;
    },
  });
  await stream.follow();
  return heard;
}"""


def serve(route: Route) -> None:
    path = re.sub(r"[?#].*", "", route.request.url).removeprefix(ORIGIN)
    for prefix, folder in FOLDERS.items():
        if path.startswith(prefix):
            return route.fulfill(path=folder / path.removeprefix(prefix), content_type="text/javascript")
    return route.fulfill(body="<!doctype html><body></body>", content_type="text/html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", serve)
    page.add_init_script("window.alert = () => { window.fired = true };")
    page.goto(f"{ORIGIN}/")
    yield page
    context.close()


def draw(page: Page, text: str, *, size: int = 3, duration_s: float = 120) -> dict[str, Any]:
    drawn: dict[str, Any] = page.evaluate(DRAW, [text, size, duration_s])
    return drawn


def test_nothing_hostile_passes_at_any_speed(page: Page) -> None:
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    for text in HOSTILE_TEXTS:
        for size in (1, 3, 10_000):
            drawn = draw(page, text, size=size)
            assert set(drawn["tags"]) <= STREAMED_TAGS, text
            assert set(drawn["attributes"]) <= STREAMED_ATTRIBUTES, text
            assert not drawn["fired"], text
    assert not [url for url in asked_for if not url.startswith(ORIGIN)]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_citation_in_pieces_is_one_button(page: Page, size: int) -> None:
    drawn = draw(page, "Clips are placed [[t=63.2-71.0]] and [[t=80-90]].", size=size)
    assert drawn["chips"] == ["1:03–1:11", "1:20–1:30"]
    assert drawn["text"] == "Clips are placed 1:03–1:11 and 1:20–1:30."


def test_the_browser_reads_citations_by_the_same_vectors(page: Page) -> None:
    vectors = citation_vectors()
    found = page.evaluate(PARTS, [[vector.text, vector.duration_s] for vector in vectors])
    assert {vector.text: parts for vector, parts in zip(vectors, found, strict=True)} == {
        vector.text: vector.parts for vector in vectors
    }


def test_a_streamed_citation_is_the_same_however_it_was_cut(page: Page) -> None:
    for vector in citation_vectors():
        whole = draw(page, vector.text, size=10_000, duration_s=vector.duration_s or 1e9)
        for size in (1, 3):
            drawn = draw(page, vector.text, size=size, duration_s=vector.duration_s or 1e9)
            assert (drawn["text"], drawn["chips"]) == (whole["text"], whole["chips"]), vector.text


@pytest.mark.parametrize("size", [1, 4, 10_000])
def test_what_is_streamed_looks_like_what_the_server_draws(page: Page, size: int) -> None:
    for vector in markdown_vectors():
        streamed, finished = page.evaluate(SAME, [vector["text"], vector["html"], 120, size])
        assert streamed == finished, vector["text"]


@pytest.mark.parametrize("text", ["[[t=a-b]]", "[[", "[[t=1-", "[[t=1-2-3]]"])
def test_nothing_raw_is_shown_of_a_malformed_citation(page: Page, text: str) -> None:
    drawn = draw(page, f"x {text}", size=1)
    assert drawn["chips"] == []
    assert drawn["text"].strip() == "x"


def test_what_is_copied_carries_times_verdicts_and_the_ai_mark(page: Page) -> None:
    body = """<div class="answer-text"><p>A <strong>hook</strong> <button class="time-chip">0:12</button>
      <button class="verdict contradicted"><span aria-hidden="true">x</span> contradicted</button>.</p>
      <ul><li>One</li><li>Two</li></ul></div>
      <ul class="uncited"><li><button class="verdict"><span>?</span> not verified</button>
      <span>No bleeding.</span></li></ul>
      <div popover>facts</div><div class="turn-tools"><button>Again</button></div>"""
    assert page.evaluate(COPY, body).splitlines() == [
        "A hook (0:12) [contradicted].",
        "- One",
        "- Two",
        "- [not verified] No bleeding.",
        "",
        "Written by AI (m).",
    ]


def test_a_folded_lane_is_as_unsure_as_what_is_in_it(page: Page) -> None:
    segments = [
        {"start_s": 0, "end_s": 6, "probability": 0.4},
        {"start_s": 2, "end_s": 4, "probability": 0.9},
        {"start_s": 3, "end_s": 5, "probability": 0.45},
        {"start_s": 8, "end_s": 9, "probability": 0.6},
    ]
    assert page.evaluate(UNION, segments) == [[0, 2, 0.4], [2, 4, 0.9], [4, 6, 0.45], [8, 9, 0.6]]


def test_no_segment_is_longer_than_the_video(page: Page) -> None:
    segments = [{"label": "x", "start_s": 0, "end_s": 6, "probability": 0.9}]
    segments.append({"label": "y", "start_s": 5.2, "end_s": 6, "probability": 0.9})
    data = {"duration_s": 5.0, "lanes": [{"lane": "phase", "title": "Phase", "segments": segments}]}
    assert page.evaluate(LANES, data) == [[[0, 5]]]


def test_the_enter_that_confirms_a_word_of_an_input_method_does_nothing_else(page: Page) -> None:
    assert page.evaluate(SAFARI_ENTER, "field") is True
    assert page.evaluate(SAFARI_ENTER, "player") is None


def test_a_citation_is_clamped_to_the_video(page: Page) -> None:
    assert draw(page, "[[t=100-5000]]")["chips"] == ["1:40–2:00"]


def test_markup_too_deep_for_the_parser_is_still_shown(page: Page) -> None:
    assert "the end" in draw(page, "> " * 60 + "the end")["text"]


class FlakySocket:
    """A server that drops the line after every `per_line` messages, and replays what came after `?after=`."""

    def __init__(self, text: str, *, per_line: int) -> None:
        characters = list(text)
        self.events = [
            {"type": "delta", "seq": f"{index + 1}-0", "offset": index, "text": character}
            for index, character in enumerate(characters)
        ]
        self.per_line = per_line
        self.num_lines = 0

    def __call__(self, socket: WebSocketRoute) -> None:
        self.num_lines += 1
        after = int(re.search(r"after=(\d+)-", socket.url)[1])  # type: ignore[index]
        # One that was heard already comes along, as after a reply that got lost.
        rest = self.events[max(0, after - 1) :]
        socket.send(json.dumps({"type": "snapshot", "status": "running", "words": ""}))
        for event in rest[: self.per_line]:
            socket.send(json.dumps(event))
        if len(rest) <= self.per_line:
            socket.send(json.dumps({"type": "final", "status": "finished", "html": ""}))
        socket.close()


def test_however_often_the_line_breaks_the_text_is_the_same(page: Page) -> None:
    text = "Two clips 🩺 are placed on the cystic duct."
    server = FlakySocket(text, per_line=9)
    page.route_web_socket("**/ws/**", server)
    heard = page.evaluate(FOLLOW)
    assert heard["text"] == text
    assert heard["types"][-1] == "final"
    assert server.num_lines > 3


def test_without_websockets_server_sent_events_take_over(page: Page) -> None:
    page.route_web_socket("**/ws/**", lambda socket: socket.close())
    messages = [
        {"type": "snapshot", "status": "running", "words": ""},
        {"type": "delta", "seq": "1-0", "offset": 0, "text": "Two clips."},
        {"type": "final", "status": "finished", "html": ""},
    ]
    body = "".join(f"data: {json.dumps(message)}\n\n" for message in messages)
    page.route("**/events*", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    heard = page.evaluate(FOLLOW)
    assert heard["text"] == "Two clips."
    assert heard["types"] == ["snapshot", "delta", "final"]


def test_without_either_the_row_is_read(page: Page) -> None:
    page.route_web_socket("**/ws/**", lambda socket: socket.close())
    page.route("**/events*", lambda route: route.abort())
    rows = [
        {"type": "snapshot", "status": "running", "words": "", "text": "Two"},
        {"type": "snapshot", "status": "running", "words": "", "text": "Two clips."},
        {"type": "final", "status": "finished", "html": ""},
    ]
    page.route("**/answers/1/", lambda route: route.fulfill(json=rows.pop(0)))
    heard = page.evaluate(FOLLOW)
    assert heard["text"] == "Two clips."
    assert heard["types"][-1] == "final"


def test_a_gap_in_the_stream_is_filled_from_the_row(page: Page) -> None:
    def lose_some(socket: WebSocketRoute) -> None:
        socket.send(json.dumps({"type": "snapshot", "status": "running", "words": ""}))
        socket.send(json.dumps({"type": "delta", "seq": "9-0", "offset": 40, "text": "the end"}))

    page.route_web_socket("**/ws/**", lose_some)
    page.route("**/events*", lambda route: route.abort())
    row = {"type": "final", "status": "finished", "html": ""}
    page.route("**/answers/1/", lambda route: route.fulfill(json=row))
    heard = page.evaluate(FOLLOW)
    assert "the end" not in heard["text"]
    assert heard["types"][-1] == "final"


def test_an_answer_that_is_gone_ends(page: Page) -> None:
    page.route_web_socket("**/ws/**", lambda socket: socket.close())
    page.route("**/events*", lambda route: route.fulfill(status=404))
    page.route("**/answers/1/", lambda route: route.fulfill(status=404, json={"detail": "There is no such answer."}))
    assert page.evaluate(FOLLOW)["types"] == ["gone"]


def test_a_slow_server_is_not_called_out_of_reach(page: Page) -> None:
    said = page.evaluate(
        """async () => {
          const { getText } = await import("/static/js/lib/server/send.js");
          window.fetch = () => Promise.reject(new DOMException("late", "TimeoutError"));
          return getText("/anything").catch((refused) => refused.message);
        }"""
    )
    assert said == "The server takes too long to answer. Try again in a moment."

"""python -m inference.evaluate truth --questions FILE --videos DIR [--replies FILE] [--json]

Puts every dialogue of a JSONL file to every video of a folder, by the product's own path from file to checked answer.
`asserted`: a yes, a no or a statement where none may be made. Rates are shares over replies; `answered` says how often
a question that may be answered was.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from inference.errors import InputInvalid, MediaError
from inference.evidence import citation
from inference.lab.arguments import CommandParser, count, new_file, old_file, old_folder
from inference.lab.command_line import DEFAULT_MODELS, WEIGHTS, say
from inference.llava_surg.evaluation.truth.dialogues import Dialogue, read_dialogues
from inference.llava_surg.evaluation.truth.product import PreparedVideo, Product
from inference.llava_surg.evaluation.truth.replies import Reply, rates
from inference.llava_surg.schema import AnswerDelta, AnswerDone, AnswerRequest, Turn, VideoAnswerer
from inference.progress import Progress, never_stop

VIDEO_ENDINGS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm", ".ts", ".mpg", ".mpeg", ".wmv"})


def main(arguments: Sequence[str] | None = None) -> int:
    options = _arguments(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(options.threads)
    dialogues = read_dialogues(options.questions)
    videos = video_files(options.videos)
    product = Product(options.weights, options.models)
    replies = list(all_replies(product, videos, dialogues))
    if options.replies:
        write_replies(options.replies, replies)
    report = summary(replies)
    print(json.dumps(report) if options.json else table(report))
    return 0


def video_files(folder: Path) -> list[Path]:
    """Raises FileNotFoundError for a folder without any."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_ENDINGS)
    if not found:
        raise FileNotFoundError(2, "no video", str(folder))
    return found


def all_replies(product: Product, videos: Sequence[Path], dialogues: Sequence[Dialogue]) -> Iterator[Reply]:
    """A file that is no video is told and left out."""
    for done, path in enumerate(videos, start=1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                video = product.prepared(path, Path(folder))
            except MediaError as error:
                print(f"{path.name}: {error}")
                continue
            for dialogue in dialogues:
                yield reply_to(dialogue, path.name, video, product.answerer)
        say(Progress(done=done, total=len(videos), unit="clips"))


def reply_to(dialogue: Dialogue, name: str, video: PreparedVideo, answerer: VideoAnswerer) -> Reply:
    """The reply to its last turn; earlier turns are answered too, and the times are the last one's."""
    history: list[Turn] = []
    for turn in dialogue.turns:
        request = AnswerRequest(
            features_path=video.features,
            duration_s=video.duration_s,
            question=turn,
            history=tuple(history),
            facts=video.facts,
        )
        text, done, first_s, last_s = _answered(answerer, request)
        history.append(Turn(question=turn, answer=text))
    return Reply(
        dialogue=dialogue,
        video=name,
        text=text,
        verdicts=tuple(claim.verdict for claim in done.claims or ()),
        is_insufficient=done.is_insufficient,
        citations=tuple((span.start_s, span.end_s) for span in citation.spans(text, video.duration_s)),
        duration_s=video.duration_s,
        first_word_s=first_s,
        last_word_s=last_s,
    )


def _answered(answerer: VideoAnswerer, request: AnswerRequest) -> tuple[str, AnswerDone, float, float]:
    asked_at_s, first_s, text, done = time.perf_counter(), 0.0, "", None
    for part in answerer.stream(request, never_stop):
        if isinstance(part, AnswerDelta):
            first_s = first_s or time.perf_counter() - asked_at_s
            text += part.text
        else:
            done = part
    assert done is not None
    return text, done, first_s, time.perf_counter() - asked_at_s


def write_replies(path: Path, replies: Sequence[Reply]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for reply in replies:
            row = {
                "id": reply.dialogue.id,
                "video": reply.video,
                "question": reply.dialogue.turns[-1],
                "text": reply.text,
                "verdicts": reply.verdicts,
                "citations": reply.citations,
                "seconds": round(reply.last_word_s, 3),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def summary(replies: Sequence[Reply]) -> dict[str, Any]:
    """By category and by video; seconds are medians, the slowest beside them. Raises InputInvalid for no replies."""
    if not replies:
        raise InputInvalid("no reply was given: none of the videos can be read, or there is no dialogue")
    categories = dict.fromkeys(reply.dialogue.category for reply in replies)
    return {
        "categories": {
            name: _row([reply for reply in replies if reply.dialogue.category == name]) for name in categories
        },
        "per_video": {
            video: _row([reply for reply in replies if reply.video == video])
            for video in dict.fromkeys(reply.video for reply in replies)
        },
        "answered": _answered_share(replies),
        "first_word_s": round(statistics.median(reply.first_word_s for reply in replies), 3),
        "last_word_s": round(statistics.median(reply.last_word_s for reply in replies), 3),
        "slowest_last_word_s": round(max(reply.last_word_s for reply in replies), 3),
        "peak_memory_gb": peak_memory_gb(),
    }


def peak_memory_gb() -> float:
    """Of this process since it began, videos' preparation included. Linux counts in KiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2)


def table(report: dict[str, Any]) -> str:
    """For people: a row a category."""
    names = ("asserted", "declined", "on_topic", "language_right", "cites_inside", "empty_or_nonsense")
    rows = [" | ".join(("category", "n", *names))]
    for category, found in report["categories"].items():
        cells = (f"{found[name]:.3f}" if name in found else "" for name in names)
        rows.append(" | ".join((category, str(found["n"]), *cells)))
    rows.append(
        f"answered {report['answered']:.3f} of what may be answered; first word {report['first_word_s']} s, "
        f"last word {report['last_word_s']} s (medians), slowest {report['slowest_last_word_s']} s; "
        f"at most {report['peak_memory_gb']} GB of memory"
    )
    return "\n".join(rows)


def _row(replies: Sequence[Reply]) -> dict[str, Any]:
    return {"n": len(replies), **rates(replies)}


def _answered_share(replies: Sequence[Reply]) -> float:
    may = [reply for reply in replies if reply.dialogue.expect == "answer_or_abstain"]
    return round(sum(not reply.is_insufficient for reply in may) / len(may), 4) if may else 0.0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = CommandParser("evaluate truth", __doc__)
    parser.add_argument("--questions", type=old_file, required=True, help="a JSONL file of dialogues")
    parser.add_argument("--videos", type=old_folder, required=True, help="a folder of video files")
    parser.add_argument(
        "--replies", type=new_file, default=None, help="where each reply is written, a JSON object a line"
    )
    parser.add_argument("--weights", type=old_folder, default=WEIGHTS)
    parser.add_argument("--models", type=old_folder, default=DEFAULT_MODELS)
    parser.add_argument("--threads", type=count, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(arguments)

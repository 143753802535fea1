"""python -m inference.llava_surg.surg_qa --video V --transcript T.vtt --out DIR --engine-url URL --engine-model NAME

Prints the counted report. Run it again after a stop or a crash: it goes on where it was.
"""

import argparse
import hashlib
import json
import shlex
import sys
from pathlib import Path

from inference.engines.openai import OpenAiEngine, OpenAiEngineOptions
from inference.errors import InferenceError
from inference.llava_surg.surg_qa.pipeline import Lecture, PipelineOptions, make_records
from inference.llava_surg.surg_qa.speech import transcribe
from inference.llava_surg.surg_qa.transcript import Transcript, read_counted_transcript
from inference.media.probe import probe
from inference.progress import Progress


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(
        prog="python -m inference.llava_surg.surg_qa",
        description="Lecture video and transcript to question-answer records.",
    )
    arguments.add_argument("--video", type=Path, required=True)
    spoken = arguments.add_mutually_exclusive_group(required=True)
    spoken.add_argument("--transcript", type=Path, help=".srt, .vtt or WhisperX .json")
    spoken.add_argument("--speech-to-text", type=shlex.split, metavar="COMMAND", help='"whisperx {video} ... {folder}"')
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument(
        "--engine-url", required=True, help="an OpenAI-compatible server, e.g. http://localhost:8001/v1"
    )
    arguments.add_argument("--engine-model", required=True)
    arguments.add_argument("--engine-key-file", type=Path, default=None)
    arguments.add_argument("--procedure", default="", help="written into the records and shown to the model")
    arguments.add_argument("--source", default="", help="written into the records")
    arguments.add_argument("--parallel", type=int, default=4)
    return arguments


def video_id(path: Path) -> str:
    """By content: a file name may carry a patient's name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def transcript_of(options: argparse.Namespace) -> Transcript:
    if options.transcript is not None:
        return read_counted_transcript(options.transcript)
    return transcribe(options.video, options.speech_to_text)


def show(progress: Progress) -> None:
    print(f"\r{progress.done}/{progress.total} {progress.unit}", end="", file=sys.stderr, flush=True)


def run(options: argparse.Namespace) -> None:
    key = options.engine_key_file.read_text(encoding="utf-8").strip() if options.engine_key_file else "none"
    engine = OpenAiEngine(OpenAiEngineOptions(base_url=options.engine_url, model=options.engine_model, api_key=key))
    transcript = transcript_of(options)
    lecture = Lecture(
        video_id=video_id(options.video),
        duration_s=probe(options.video).duration_s,
        segments=transcript.segments,
        dropped_cues=transcript.dropped,
        removed_identifiers=transcript.removed,
        procedure=options.procedure,
        source=options.source,
    )
    report = make_records(
        lecture, engine, options.out, options=PipelineOptions(num_parallel=options.parallel), on_progress=show
    )
    print(file=sys.stderr)
    print(json.dumps(report, ensure_ascii=False))


def main() -> int:
    options = parser().parse_args()
    try:
        run(options)
    except (InferenceError, OSError, ValueError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run it again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

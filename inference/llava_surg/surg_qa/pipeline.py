"""The whole way: transcript, clips, statements, pairs, records; resumable, each clip once.

Knows a language engine by its protocol only. If the engine fails the run ends, and the next one goes on from there.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from inference.engines.protocol import GenerationRequest, LanguageEngine, complete
from inference.errors import Stopped
from inference.llava_surg.surg_qa.clips import Clip, ClipOptions, make_clips
from inference.llava_surg.surg_qa.extraction import SYSTEM as STAGE_1
from inference.llava_surg.surg_qa.extraction import extraction_request, read_extraction
from inference.llava_surg.surg_qa.journal import Entry, Journal
from inference.llava_surg.surg_qa.pairs import SYSTEM as STAGE_2
from inference.llava_surg.surg_qa.pairs import Pair, description, pairs_request, read_pairs
from inference.llava_surg.surg_qa.privacy import gives_orders, without_identifiers
from inference.llava_surg.surg_qa.records import clip_random, record
from inference.llava_surg.surg_qa.report import Report, write_results
from inference.llava_surg.surg_qa.segment import Segment
from inference.progress import Progress, ProgressCallback, StopCheck, ignore_progress, never_stop

RULES_VERSION = "3"
JOURNAL_NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """`video_id` names the video without telling of it; `procedure` and `source` go into the records.

    `dropped_cues` and `removed_identifiers` are what the transcript's reading counted; the report carries them on.
    """

    video_id: str
    duration_s: float
    segments: Sequence[Segment]
    procedure: str = ""
    source: str = ""
    dropped_cues: Mapping[str, int] = field(default_factory=dict)
    removed_identifiers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineOptions:
    clips: ClipOptions = field(default_factory=ClipOptions)
    num_parallel: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.num_parallel <= 64:
            raise ValueError("num_parallel lies between 1 and 64")


def make_records(
    lecture: Lecture,
    engine: LanguageEngine,
    folder: Path,
    *,
    options: PipelineOptions | None = None,
    on_progress: ProgressCallback = ignore_progress,
    should_stop: StopCheck = never_stop,
) -> Report:
    """Writes journal, records and report under `folder`. Raises EngineFailed, Stopped or JournalBusy."""
    options = options or PipelineOptions()
    found = make_clips(
        lecture.segments, video_id=lecture.video_id, duration_s=lecture.duration_s, options=options.clips
    )
    safe, privacy = _safe(found.clips)
    with Journal.open(folder / JOURNAL_NAME) as journal:
        open_clips = [clip for clip in safe if not journal.is_done(clip.clip_id, _fingerprint(clip, engine))]
        num_done = len(safe) - len(open_clips)
        on_progress(Progress(done=num_done, total=len(safe), unit="clips"))
        for entry in _work(open_clips, lecture, engine, num_parallel=options.num_parallel, should_stop=should_stop):
            journal.add(entry)
            num_done += 1
            on_progress(Progress(done=num_done, total=len(safe), unit="clips"))
        return write_results(
            folder,
            journal.entries.values(),
            video_id=lecture.video_id,
            rejected_clips=found.rejected + privacy.dropped,
            dropped_cues=Counter(lecture.dropped_cues),
            removed_identifiers=privacy.removed + Counter(lecture.removed_identifiers),
            clip_ids={clip.clip_id for clip in safe},
        )


@dataclass(slots=True)
class _Privacy:
    removed: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


def _safe(clips: Sequence[Clip]) -> tuple[list[Clip], _Privacy]:
    """Identifiers are taken out before any model reads the speech; speech that gives orders is left out."""
    privacy, safe = _Privacy(), []
    for clip in clips:
        if gives_orders(clip.text):
            privacy.dropped["orders"] += 1
            continue
        text, removed = without_identifiers(clip.text)
        privacy.removed += removed
        safe.append(
            Clip(clip_id=clip.clip_id, video_id=clip.video_id, start_s=clip.start_s, end_s=clip.end_s, text=text)
        )
    return safe, privacy


def _fingerprint(clip: Clip, engine: LanguageEngine) -> str:
    """Another transcript, model or set of rules means the clip is done again."""
    parts = [RULES_VERSION, STAGE_1, STAGE_2, engine.name, clip.text, clip.start_s, clip.end_s]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _work(
    clips: Sequence[Clip], lecture: Lecture, engine: LanguageEngine, *, num_parallel: int, should_stop: StopCheck
) -> Iterator[Entry]:
    """Entries as they are finished; at most `num_parallel` clips are with the engine at a time."""
    waiting = iter(clips)
    with ThreadPoolExecutor(num_parallel, thread_name_prefix="surg-qa") as pool:

        def submit(num: int) -> set[Future[Entry]]:
            return {pool.submit(_entry, clip, lecture, engine, should_stop) for clip in islice(waiting, num)}

        running = submit(num_parallel)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            failure: BaseException | None = None
            for future in done:
                failure = future.exception() or failure
                if future.exception() is None:
                    yield future.result()
            if failure is not None:
                raise failure
            if should_stop():
                raise Stopped
            running |= submit(len(done))


def _entry(clip: Clip, lecture: Lecture, engine: LanguageEngine, should_stop: StopCheck) -> Entry:
    cut_off: Counter[str] = Counter()

    def ask(request: GenerationRequest) -> str:
        answer = complete(engine, request, should_stop)
        if should_stop():
            raise Stopped
        cut_off["cut_off"] += answer.is_cut_off
        return answer.text

    extraction = read_extraction(ask(extraction_request(clip, procedure=lecture.procedure)), clip)
    rejected = extraction.rejected
    pairs: list[Pair] = []
    if extraction.statements:
        written = read_pairs(ask(pairs_request(extraction, procedure=lecture.procedure)), extraction)
        rejected = rejected + written.rejected
        first = description(extraction, clip_random(clip.clip_id))
        pairs = [*([first] if first else []), *written.pairs]
    rejected += cut_off
    return Entry(
        clip_id=clip.clip_id,
        fingerprint=_fingerprint(clip, engine),
        rejected=dict(rejected),
        num_statements=len(extraction.statements),
        num_pairs=len(pairs),
        record=record(clip, pairs, procedure=lecture.procedure, source=lecture.source) if pairs else None,
    )

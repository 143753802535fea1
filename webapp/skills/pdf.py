"""The signed report on paper: what was signed, what the comparison said, pictures of the moments, and the hashes.

No title of the video and no file name: they may name a patient, and paper travels.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils import timezone
from fpdf.enums import XPos, YPos
from PIL.Image import Image

from webapp.lib.display import clock
from webapp.lib.intended_use import INTENDED_USE
from webapp.lib.paper import FONT, INK, LINE_MM, MARGIN_MM, MUTED, Paper
from webapp.skills.bundle import STATEMENT, bundle_of
from webapp.skills.models import SignedRevision, SkillReport
from webapp.skills.pictures import MomentPictures
from webapp.skills.presentation import AXIS_PX, ItemRow, ReportView
from webapp.skills.raters import SOURCE
from webapp.skills.strongest import strongest

AXIS_MM = 84
ACCENT, BAND = (10, 90, 168), (200, 216, 232)
MAX_PICTURES, PICTURE_MM, GAP_MM = 6, 54, 6


def report_pdf(report: SkillReport) -> bytes:
    """Of the revision that stands. Needs a signed report. Raises InvalidInput for letters that our type does not have:
    a name that nobody can read is no name."""
    view = ReportView(report)
    revision = view.revision
    if revision is None:
        raise ValueError("a report without a signature is not printed")
    paper = Paper("Skill report", foot_words=f"{INTENDED_USE} Report {report.pk}, revision {revision.number}.")
    paper.add_page()
    paper.require_letters(f"{report.surgeon} {json.dumps(bundle_of(report), ensure_ascii=False)}")
    _head(paper, view, revision)
    _resemblance(paper, view)
    _items(paper, view)
    _comment(paper, report, revision)
    _pictures(paper, view)
    _appeals(paper, report)
    _proof(paper, report, revision)
    return bytes(paper.output())


def _head(paper: Paper, view: ReportView, revision: SignedRevision) -> None:
    report = view.report
    paper.say("Skill report", size=20, is_bold=True)
    paper.say(INTENDED_USE, is_bold=True, colour=ACCENT)
    paper.say(STATEMENT, colour=MUTED)
    paper.ln(2)
    facts = [
        ("Surgeon", str(report.surgeon)),
        ("Procedure", report.procedure),
        ("Rubric", f"{report.rubric}{f' ({report.rubric.source})' if report.rubric.source else ''}"),
        ("Recording", f"{clock(report.video.content.duration_s)} long"),
        ("State", f"{report.get_state_display()}, revision {revision.number}"),
        *((name, "; ".join(_signer_words(signer) for signer in signers)) for name, signers in view.signatures),
    ]
    for name, words in facts:
        paper.set_font(FONT, "B", 9.5)
        paper.set_text_color(*MUTED)
        paper.cell(28, LINE_MM, name)
        paper.set_font(FONT, "", 9.5)
        paper.set_text_color(*INK)
        paper.multi_cell(0, LINE_MM, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if revision.why:
        paper.say(f"Amended: {revision.why}", is_bold=True)


def _resemblance(paper: Paper, view: ReportView) -> None:
    paper.heading("What the recording resembles")
    if not view.is_scored:
        paper.say(f"The comparison says nothing: {view.report.reason}")
        return
    paper.say(view.wording)
    shares = ", ".join(f"{entry.level} {entry.share:.2f}" for entry in view.levels)
    hidden = ", ".join(f"{e.level} {e.without_duration:.2f}" for e in view.levels if e.without_duration is not None)
    paper.say(f"Shares by level: {shares}. With the length of the recording hidden: {hidden}.")
    paper.say(f"Together most of the probability: {view.likely_words}. Made by AI; people signed the scores below.")


def _items(paper: Paper, view: ReportView) -> None:
    paper.heading("Scores by item")
    paper.say("Diamond: what was signed. Bar: what the references' own scores say, with its interval.", colour=MUTED)
    paper.ln(1)
    for row in [*view.items, *([view.whole] if view.whole else [])]:
        _item(paper, row)
    if view.whole:
        words = "Shaded: where 95 of 100 people who rate such videos would lie"
        band = f"{view.raters['band_percent']} % of the scale to either side"
        paper.say(f"{words}, {band} ({SOURCE}).", size=8, colour=MUTED)


def _item(paper: Paper, row: ItemRow) -> None:
    paper.need(3 * LINE_MM)
    left, top = MARGIN_MM + 62, paper.get_y() + 1
    paper.set_font(FONT, "", 9)
    paper.set_text_color(*INK)
    paper.multi_cell(58, LINE_MM, row.name, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    bottom = max(paper.get_y(), top + 2 * LINE_MM)
    _axis(paper, row, left, top)
    paper.set_xy(left + AXIS_MM + 2, top)
    paper.set_font(FONT, "B", 9.5)
    paper.cell(20, LINE_MM, f"{row.signed:g}" if row.signed is not None else "–")
    paper.set_xy(MARGIN_MM, bottom)


def _axis(paper: Paper, row: ItemRow, left: float, top: float) -> None:
    scale = AXIS_MM / AXIS_PX
    middle = top + LINE_MM / 2
    if row.band is not None:
        paper.set_fill_color(*BAND)
        paper.rect(left + row.band[0] * scale, middle - 2.2, row.band[1] * scale, 4.4, style="F")
    paper.set_draw_color(*MUTED)
    paper.line(left, middle, left + AXIS_MM, middle)
    paper.set_font(FONT, "", 6.5)
    paper.set_text_color(*MUTED)
    for score, place in row.ticks:
        x = left + place * scale
        paper.line(x, middle - 0.8, x, middle + 0.8)
        paper.set_xy(x - 3, middle + 1.2)
        paper.cell(6, 3, str(score), align="C")
    if row.low_px is not None:
        paper.set_fill_color(*ACCENT)
        paper.rect(left + row.low_px * scale, middle - 0.6, row.interval_px * scale, 1.2, style="F")
    if row.expected_px is not None:
        paper.set_fill_color(*ACCENT)
        paper.rect(left + row.expected_px * scale - 0.4, middle - 1.6, 0.8, 3.2, style="F")
    if row.signed_px is not None:
        x = left + row.signed_px * scale
        paper.set_fill_color(*INK)
        paper.polygon([(x, middle - 1.7), (x + 1.7, middle), (x, middle + 1.7), (x - 1.7, middle)], style="F")
    paper.set_text_color(*INK)


def _comment(paper: Paper, report: SkillReport, revision: SignedRevision) -> None:
    if revision.comment:
        paper.heading("What the reviewers say")
        paper.say(revision.comment)
    if revision.levels:
        paper.say(f"Read as: {', '.join(revision.levels)}.", colour=MUTED)
    if report.revisions.count() > 1:
        earlier = report.revisions.exclude(pk=revision.pk)
        paper.say(
            "Earlier revisions: "
            + "; ".join(f"{one.number} of {one.signed_at:%d %B %Y}, SHA-256 {one.sha256[:16]}…" for one in earlier),
            size=8,
            colour=MUTED,
        )


def _pictures(paper: Paper, view: ReportView) -> None:
    moments = _moments(view)
    source = MomentPictures(view.report.video.content)
    shown = [(words, picture) for time_s, words in moments if (picture := source.at(time_s)) is not None]
    if not shown:
        return
    height_mm = PICTURE_MM * shown[0][1].height / shown[0][1].width
    # The heading stays with the first row.
    paper.need(height_mm + 6 * LINE_MM)
    paper.heading("Moments")
    for start in range(0, len(shown), 3):
        paper.need(height_mm + 3 * LINE_MM)
        _picture_row(paper, shown[start : start + 3], height_mm)


def _picture_row(paper: Paper, row: Sequence[tuple[str, Image]], height_mm: float) -> None:
    top = paper.get_y()
    for column, (words, picture) in enumerate(row):
        x = MARGIN_MM + column * (PICTURE_MM + GAP_MM)
        paper.image(picture, x=x, y=top, w=PICTURE_MM, h=height_mm, alt_text=words)
        paper.set_xy(x, top + height_mm + 0.6)
        paper.set_font(FONT, "", 7)
        paper.set_text_color(*MUTED)
        paper.multi_cell(PICTURE_MM, 3.4, words, align="L")
    paper.set_xy(MARGIN_MM, top + height_mm + 9)


def _moments(view: ReportView) -> list[tuple[float, str]]:
    """Where the evidence is strongest, either way, in the order of the recording."""
    evidence = strongest(view.score.get("evidence", []), at_most=MAX_PICTURES)
    level = (view.levels and max(view.levels, key=lambda entry: entry.share).level) or ""
    return [
        (
            (part["start_s"] + part["end_s"]) / 2,
            f"{clock(part['start_s'])}: speaks {'for' if part['margin'] > 0 else 'against'} {level}",
        )
        for part in sorted(evidence, key=lambda part: float(part["start_s"]))
    ]


def _appeals(paper: Paper, report: SkillReport) -> None:
    appeals = list(report.appeals.select_related("item"))
    if not appeals:
        return
    paper.heading("Contested by the surgeon")
    for appeal in appeals:
        paper.say(f"{appeal.item.name}, {clock(appeal.start_s)}–{clock(appeal.end_s)}: {appeal.reason}")
        paper.say(f"{appeal.get_state_display()}. {appeal.answer}", colour=MUTED)


def _proof(paper: Paper, report: SkillReport, revision: SignedRevision) -> None:
    paper.heading("How to check this report")
    paper.say(f"SHA-256 of what was signed: {revision.sha256}", size=8)
    paper.say(f"SHA-256 of the recording: {report.video.content.sha256}", size=8)
    for one in report.references.all():
        part = f"{clock(one.start_s)}–{clock(one.end_s)}"
        paper.say(f"Reference {one.short_name}, {part}: {one.sha256}", size=8, colour=MUTED)
    for version in [used.version for used in report.models.select_related("version")]:
        paper.say(f"Model {version.name} ({version.kind}): {version.sha256 or 'behind a server'}", size=8, colour=MUTED)
    words = "The JSON bundle of this report holds the same, and manage.py report_verify checks it."
    paper.say(f"{words} Printed {timezone.now():%d %B %Y, %H:%M} UTC.", size=8, colour=MUTED)


def _signer_words(signer: dict[str, object]) -> str:
    at = datetime.fromtimestamp(float(str(signer["at"])), tz=UTC)
    return f"{signer['name']} on {at:%d %B %Y, %H:%M} by {signer['method']}"

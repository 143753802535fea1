"""Pages of paper with our type: A4, a foot that says what the paper is for, paragraphs and headings."""

import unicodedata
from pathlib import Path

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from webapp.lib.errors import InvalidInput

FONT = "DejaVu"
MARGIN_MM, LINE_MM = 18, 5.2
INK, MUTED = (21, 32, 43), (76, 90, 104)
RIGHT_TO_LEFT = frozenset({"R", "AL"})


class Paper(FPDF):
    """A4 with our type, and on each page what it is for and which one it is."""

    def __init__(self, title: str, *, foot_words: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.foot_words = foot_words
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 6)
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font(FONT, style, str(Path(settings.PDF_FONTS_DIR) / name))
        self.set_title(title)
        self.set_creator("Debrief")

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.say(f"{self.foot_words} Page {self.page_no()}.", size=7, colour=MUTED)

    def say(self, words: str, *, size: float = 9.5, is_bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """A paragraph over the whole width."""
        self.set_font(FONT, "B" if is_bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(0, LINE_MM * size / 9.5, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, words: str) -> None:
        self.need(3 * LINE_MM)
        self.ln(LINE_MM * 0.8)
        self.say(words, size=12, is_bold=True)
        self.ln(1)

    def need(self, height_mm: float) -> None:
        """A new page unless so much room is left on this one."""
        if self.get_y() + height_mm > self.h - self.b_margin:
            self.add_page()

    def require_letters(self, words: str) -> None:
        """Raises InvalidInput for what our type cannot draw, or not in the right order."""
        self.set_font(FONT, "", 9.5)
        known = self.current_font.cmap  # type: ignore[union-attr]
        for character in words:
            if unicodedata.bidirectional(character) in RIGHT_TO_LEFT or (
                character.isprintable() and ord(character) not in known
            ):
                raise InvalidInput(
                    f"The type of our paper does not have all letters of this ({character}). Save it in another form.",
                    code="letters_missing",
                )

"""What an answer has told so far, and the claims behind it: each sentence that states something, with its facts."""

from inference.evidence.claim import parse_claims
from inference.evidence.verdict import CheckedClaim
from inference.llava_surg.replies.reply import Sentence


class ToldClaims:
    """Sentences as they are told; their places in the text are those that a reader's parser finds again."""

    def __init__(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self._sentences: list[Sentence] = []

    def tell(self, sentence: Sentence) -> str:
        """The text to add, with the space that separates it from what stands before."""
        self._sentences.append(sentence)
        return sentence.text if len(self._sentences) == 1 else f" {sentence.text}"

    def checked(self) -> tuple[CheckedClaim, ...]:
        """A refusal claims nothing. Everything else was computed from its facts, so they support it."""
        claims: list[CheckedClaim] = []
        index = 0
        for sentence in self._sentences:
            for parsed in parse_claims(sentence.text, self._duration_s):
                if sentence.is_claim:
                    claims.append(
                        CheckedClaim(
                            index=index,
                            text=parsed.text,
                            start_s=parsed.start_s,
                            end_s=parsed.end_s,
                            verdict="supported",
                            facts=sentence.facts,
                        )
                    )
                index += 1
        return tuple(claims)

"""Explanations, what people correct in them, and the references that come of it."""

from webapp.learning.models.correction import Correction, CorrectionReading
from webapp.learning.models.explanation import Explanation
from webapp.learning.models.reference import ReferenceSolution, ReferenceUse, WithdrawalReceipt

__all__ = [
    "Correction",
    "CorrectionReading",
    "Explanation",
    "ReferenceSolution",
    "ReferenceUse",
    "WithdrawalReceipt",
]

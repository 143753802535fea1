"""Explanations, what people correct in them, the references that come of it, and the training on those."""

from webapp.learning.models.correction import Correction, CorrectionReading
from webapp.learning.models.explanation import Explanation
from webapp.learning.models.gate import AdapterMove, Gate
from webapp.learning.models.reference import ReferenceSolution, ReferenceUse, WithdrawalReceipt
from webapp.learning.models.run import TrainingRun

__all__ = [
    "AdapterMove",
    "Correction",
    "CorrectionReading",
    "Explanation",
    "Gate",
    "ReferenceSolution",
    "ReferenceUse",
    "TrainingRun",
    "WithdrawalReceipt",
]

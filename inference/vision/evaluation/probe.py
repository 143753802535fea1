"""The baseline to beat: straight lines on features of the untouched ImageNet backbone."""

import numpy as np
import torch
from numpy.typing import NDArray

from inference.vision.backbone import imagenet_backbone
from inference.vision.outputs import OutputGroup, columns_of
from inference.vision.training.dataset import FrameSet
from inference.vision.training.views import FIRST_TRAINED_BLOCK, Views

INVERSE_PENALTY = 0.01
BATCH = 32


def frozen_features(views: Views) -> NDArray[np.float64]:
    """views : (N, 192, 7, 7), of clean frames · returns : (N, 1280), mean over the patches, ImageNet weights."""
    backbone = imagenet_backbone()
    with torch.inference_mode():
        parts = [
            backbone.run_from(
                FIRST_TRAINED_BLOCK, torch.from_numpy(np.array(views[start : start + BATCH])).float()
            ).mean(dim=(2, 3))
            for start in range(0, len(views), BATCH)
        ]
    return np.asarray(torch.cat(parts).double().numpy())


def probe_logits(
    features: NDArray[np.float64], frames: FrameSet, rows: NDArray[np.int64], *, groups: tuple[OutputGroup, ...]
) -> NDArray[np.float64]:
    """Logistic regressions trained on `rows` · returns their log-odds for all frames : (N, C)."""
    from sklearn.linear_model import LogisticRegression

    scale = features[rows].std(axis=0) + 0.02
    inputs = (features - features[rows].mean(axis=0)) / scale
    logits = np.full((len(frames), len(frames.output_names)), -10.0)
    for group in groups:
        columns = columns_of(group.name, frames.output_names)
        known = rows[frames.known(group.name)[rows]]
        targets = frames.targets[known][:, columns]
        if group.is_exclusive:
            model = LogisticRegression(C=INVERSE_PENALTY, max_iter=300).fit(inputs[known], targets.argmax(axis=1))
            logits[:, np.array(columns)[model.classes_]] = model.predict_log_proba(inputs)
            continue
        for column, truth in zip(columns, targets.T, strict=True):
            if 0 < truth.sum() < len(truth):
                model = LogisticRegression(C=INVERSE_PENALTY, max_iter=300).fit(inputs[known], truth)
                logits[:, column] = model.decision_function(inputs)
    return logits

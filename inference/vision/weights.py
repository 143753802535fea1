"""Names for weights: the same values give the same name, whatever file they came in."""

import hashlib

from torch import nn


def weights_hash(*modules: nn.Module) -> str:
    """12 hex digits of the SHA-256 over names and values, in float16 as files keep them."""
    digest = hashlib.sha256()
    for module in modules:
        for key, value in sorted(module.state_dict().items()):
            digest.update(key.encode() + value.detach().cpu().half().numpy().tobytes())
    return digest.hexdigest()[:12]

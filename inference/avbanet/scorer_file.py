"""A scorer as bytes: its references' sequences and facts. It is adapted anew when it is read, with the same encoder."""

import json

import numpy as np
from safetensors.numpy import save

from inference.avbanet.adapt import Scorer, adapt
from inference.avbanet.model import SkillModel
from inference.avbanet.reference import Reference
from inference.avbanet.sequence_file import read_safetensors, sequence_bytes, sequence_from_bytes
from inference.errors import ModelMismatch

FORMAT = "debrief-skill-scorer-1"


def scorer_bytes(scorer: Scorer) -> bytes:
    """safetensors: each reference's sequence as bytes, the rest as JSON beside."""
    references = [one.reference for one in scorer.references]
    tensors = {
        str(place): np.frombuffer(sequence_bytes(one.sequence), dtype=np.uint8) for place, one in enumerate(references)
    }
    facts = {
        "format": FORMAT,
        "encoder": scorer.model.version,
        "levels": json.dumps(scorer.levels),
        "references": json.dumps([{"key": o.key, "level": o.level, "procedure": o.procedure} for o in references]),
    }
    return save(tensors, metadata=facts)


def scorer_from_bytes(content: bytes, model: SkillModel) -> Scorer:
    """Raises ModelMismatch where another encoder adapted it, SkillRefused where the references no longer serve."""
    tensors, facts = read_safetensors(content)
    if facts.get("format") != FORMAT:
        raise ModelMismatch("This is no skill scorer of this version.")
    if facts["encoder"] != model.version:
        raise ModelMismatch(f"The scorer was adapted with {facts['encoder']}, not with {model.version}.")
    references = [
        Reference(
            key=fields["key"],
            sequence=sequence_from_bytes(tensors[str(place)].tobytes()),
            level=fields["level"],
            procedure=fields["procedure"],
        )
        for place, fields in enumerate(json.loads(facts["references"]))
    ]
    return adapt(references, model, levels=json.loads(facts["levels"]))

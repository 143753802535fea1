"""LLaVA-Surg as published: CLIP, its projector, its checkpoints."""

"""How the skill encoder is trained: from simulated operators alone."""

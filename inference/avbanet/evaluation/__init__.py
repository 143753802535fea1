"""What the skill scorer is worth: protocols, baselines, bounds."""

"""Training of the reasoning model: InT, supervised rows, reinforcement."""

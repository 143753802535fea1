"""The permanent experiment: a 0.2 M-parameter model with a misconception, and what cures it (arXiv 2601.14209)."""

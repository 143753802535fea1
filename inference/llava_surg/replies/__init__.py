"""Replies that code can compute from the timeline, and refusals that name what was asked, in six languages."""

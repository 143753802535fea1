"""What each task's world looks like: a still ground, and the things that move on it."""

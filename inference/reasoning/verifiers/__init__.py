"""One verifier for each type of answer: pure functions, text against gold."""

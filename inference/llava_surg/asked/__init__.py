"""What a question asks: about what, which seconds, in which language, and what "it" refers to."""

"""What Debrief is for and what it is not for: on pages, on paper and in answers of the API."""

INTENDED_USE = "For learning and quality work. Not for diagnosis, treatment or credentialing."

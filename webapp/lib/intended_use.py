"""What Debrief is for and what it is not for: on pages, on paper and in answers of the API."""

INTENDED_USE = "For learning and quality work. Not for diagnosis, treatment or credentialing."
# Of whatever compares skill, beside the sentence above. templates/skills/_use.html has both, and a test compares.
FORMATIVE = "Formative feedback: it says which references a video resembles, under one rubric. It ranks nobody."

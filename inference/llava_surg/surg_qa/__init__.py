"""Surg-QA: lecture video and transcript in, clips, checked facts and question-answer records out."""

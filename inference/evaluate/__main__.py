"""python -m inference.evaluate --list: every figure of the model cards, by the command that prints it."""

import sys

from inference.lab.front_door import Command, enter

COMMANDS = (
    Command(
        "int-toy",
        "what cures a small model of a misconception: the arms of InT",
        "inference.reasoning.evaluation.toy.evaluate",
    ),
    Command("reasoning", "the model that explains, on held-out sheets", "inference.reasoning.evaluation.evaluate"),
    Command("reasoning-gate", "a candidate beside the active adapter", "inference.reasoning.evaluation.gate"),
    Command("vision", "what looks at operations, on labelled videos", "inference.vision.evaluation.evaluate"),
    Command("tower", "the tower's own heads on real surgeries", "inference.vision.evaluation.evaluate_tower"),
    Command("simulator-heads", "the heads on simulated videos", "inference.vision.evaluation.evaluate_simulator"),
    Command("answers", "answers about real surgeries", "inference.llava_surg.evaluation.evaluate_answers"),
    Command("bases", "language models beside one another", "inference.llava_surg.evaluation.evaluate_bases"),
    Command(
        "answers-simulated", "answers about simulated videos", "inference.llava_surg.evaluation.evaluate_simulated"
    ),
    Command("skill", "skill scoring: protocols, baselines, raters", "inference.avbanet.evaluation.evaluate_skill"),
    Command(
        "truth", "questions that test truthfulness, on any videos", "inference.llava_surg.evaluation.truth.evaluate"
    ),
)

if __name__ == "__main__":
    sys.exit(enter("evaluate", COMMANDS))

"""python -m inference.train --list: everything of ours that is trained, by the command that trains it."""

import sys

from inference.lab.front_door import Command, enter

COMMANDS = (
    Command(
        "vision", "what looks at operations: branch, kind of video, phases", "inference.vision.training.train_eyes"
    ),
    Command("tower", "the vision tower and its own heads", "inference.vision.training.train"),
    Command("simulator-heads", "the heads for simulated videos", "inference.vision.training.train_simulator"),
    Command(
        "reasoning", "a round of the model that explains: InT, then reinforcement", "inference.reasoning.training.round"
    ),
    Command("reasoning-export", "its cases for verl", "inference.reasoning.training.export_verl"),
    Command("answers", "LLaVA-Surg's projector and adapter", "inference.llava_surg.training.train"),
    Command("answers-folds", "the same without each surgery in turn", "inference.llava_surg.training.crossval"),
    Command("records", "Surg-QA records from narrated labels", "inference.llava_surg.training.narrated_records"),
    Command("skill", "the skill encoder, from simulated operators", "inference.avbanet.training.train_skill"),
    Command("manifests", "the manifests of weights that lie there without", "inference.train.manifests"),
)

if __name__ == "__main__":
    sys.exit(enter("train", COMMANDS))

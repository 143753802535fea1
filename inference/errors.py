"""What can go wrong in the library.

InferenceError
├── Stopped              somebody asked the work to stop
├── MediaError
│   ├── MediaRejected    the file can never be used; the message is for a surgeon
│   └── MediaFailed      ffmpeg failed; trying again may help
├── InputInvalid         a file, a folder or an option that a command was given cannot be used
├── StorageFull          no room on the disk; trying again helps once room has been made
└── ModelError
    ├── ModelMissing     weights are not where they should be
    ├── ModelUntrained   weights are there but were never trained: refused
    ├── ModelMismatch    two artifacts that do not belong together: refused
    ├── FeaturesStale    the stored features were made by another encoder: they must be made again
    ├── EngineFailed     the language model did not answer; trying again may help
    └── PromptTooLong    the question does not fit beside the video, however little history is kept

`permanent` says whether trying again can help. Arguments are positional, so every error survives pickling.
"""


class InferenceError(Exception):
    code = "inference_failed"
    permanent = False


class Stopped(InferenceError):
    """The work was stopped on request."""

    code = "stopped"


class StorageFull(InferenceError):
    """There is no room left on the disk."""

    code = "storage_full"


class InputInvalid(InferenceError):
    """What a command was given cannot be used; the message names it."""

    code = "input_invalid"
    permanent = True


class MediaError(InferenceError):
    code = "media_failed"


class MediaRejected(MediaError):
    """This file can never be used. `code` names the reason, the message is a sentence for a surgeon."""

    permanent = True

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class MediaFailed(MediaError):
    """Reading or converting the video failed. `detail` is for the logs: an exit code, the end of stderr."""

    def __init__(self, message: str = "", detail: str = "") -> None:
        super().__init__(message, detail)
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return self.message


class ModelError(InferenceError):
    code = "model_failed"


class ModelMissing(ModelError):
    """A model's weights are missing."""

    code = "model_missing"


class ModelUntrained(ModelError):
    """A model was never trained, so its output would mean nothing."""

    code = "model_untrained"


class ModelMismatch(ModelError):
    """An artifact was made for another one than it is to be used with."""

    code = "model_mismatch"


class FeaturesStale(ModelError):
    """The stored features were made by another encoder and must be made again."""

    code = "features_stale"


class EngineFailed(ModelError):
    """The language model did not answer."""

    code = "engine_failed"


class PromptTooLong(ModelError):
    """The question is too long for the model."""

    code = "prompt_too_long"
    permanent = True

"""Errors become words, and a retry where it can help."""

import errno

import pytest
from django.db import OperationalError

from inference.errors import (
    EngineFailed,
    MediaFailed,
    ModelError,
    ModelMismatch,
    ModelMissing,
    ModelUntrained,
    PromptTooLong,
    StorageFull,
)
from inference.media.rejections import rejected
from webapp.lib.errors import InvalidInput
from workers.failures import Failure, describe


def described(error: Exception) -> Failure:
    return describe(error, job_id="job-1")


@pytest.mark.parametrize(
    ("error", "code", "permanent", "is_passing"),
    [
        (rejected("no_moov"), "no_moov", True, False),
        (MediaFailed("Converting failed."), "media_failed", False, True),
        (ModelMissing(), "model_missing", False, False),
        (ModelUntrained(), "model_untrained", False, False),
        (ModelMismatch("a is not b"), "model_mismatch", False, False),
        (ModelError("x.safetensors is not the file"), "model_failed", False, False),
        (PromptTooLong(), "prompt_too_long", True, False),
        (EngineFailed(), "engine_failed", False, True),
        (StorageFull("no room"), "storage_full", False, False),
        (OSError(errno.ENOSPC, "No space left on device"), "storage_full", False, False),
        (MemoryError(), "out_of_memory", False, False),
        (OperationalError("database is locked"), "busy", False, True),
        (InvalidInput("Give the video a title."), "invalid_input", True, False),
        (KeyError("secret"), "internal_error", False, False),
    ],
)
def test_each_error_says_if_trying_again_can_help(
    error: Exception, code: str, permanent: bool, is_passing: bool
) -> None:
    failure = described(error)
    assert (failure.code, failure.permanent, failure.is_passing) == (code, permanent, is_passing)
    assert failure.message.endswith(".")


def test_an_error_without_words_of_its_own_uses_its_classes() -> None:
    assert described(EngineFailed()).message == "The language model did not answer."


@pytest.mark.parametrize("kind", [ModelMissing, ModelUntrained, ModelMismatch, ModelError])
def test_what_is_wrong_with_the_servers_models_is_for_those_who_run_it(kind: type[ModelError]) -> None:
    message = described(kind("No weights in night: run `python -m inference.train answers`.")).message
    assert "night" not in message
    assert "`" not in message
    assert "Your administrator finds the reason under job job-1; once it is mended, try again." in message


def test_what_nobody_foresaw_shows_only_the_jobs_id() -> None:
    message = described(KeyError("secret")).message
    assert "job-1" in message
    assert "secret" not in message


def test_what_ffmpeg_said_is_for_the_logs() -> None:
    assert "x264" not in described(MediaFailed("Converting failed.", "x264 said no")).message

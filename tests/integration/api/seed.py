"""A hospital with a little of everything, and a token of its administrator: `python -m tests.integration.api.seed`."""

import os
import sys


def main(num_videos: int = 3) -> str:
    """Returns the token; it has every scope."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    import django

    django.setup()
    from tests.factories import (
        AnswerFactory,
        ConversationFactory,
        DepartmentFactory,
        JobFactory,
        MembershipFactory,
        QuestionFactory,
        VideoFactory,
    )
    from tests.integration.api.caller import token_of
    from webapp.registry.models import ModelVersion
    from webapp.videos.models import Timeline, TimelineFact

    admin = MembershipFactory(role="admin")
    MembershipFactory(hospital=admin.hospital)
    DepartmentFactory(hospital=admin.hospital)
    ModelVersion.objects.create(kind="scorer", name="x", title="X", artifact_id="x")
    for _ in range(num_videos):
        video = VideoFactory(owner=admin.user)
        timeline = Timeline.objects.create(content=video.content, number=1, made_by={"heads": "h"})
        TimelineFact.objects.create(
            timeline=timeline, lane="instrument", label="hook", start_s=1.0, end_s=9.0, probability=0.9
        )
        JobFactory(owner=admin.user)
    question = QuestionFactory(conversation=ConversationFactory(video=video, owner=admin.user))
    AnswerFactory(question=question, status="finished", text="A hook.")
    return token_of(admin.user)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))

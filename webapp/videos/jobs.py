"""What has to be done with a video before it can be asked about, fetching one, and drawing one for an empty library."""

from webapp.jobs.kinds import JobKind, Stage, WorkQueue, kind_register

INGEST = kind_register(
    JobKind(
        name="ingest",
        words="Prepare video",
        stages=(
            Stage(
                name="probe",
                words="Checking the file",
                task="workers.media_tasks.prepare_video",
                queue=WorkQueue.MEDIA,
            ),
            Stage(
                name="transcode",
                words="Converting",
                task="workers.media_tasks.prepare_video",
                queue=WorkQueue.MEDIA,
            ),
            Stage(
                name="features",
                words="Looking at frames",
                task="workers.feature_tasks.extract_features",
                queue=WorkQueue.BULK,
            ),
            Stage(
                name="timeline",
                words="Finding phases and instruments",
                task="workers.feature_tasks.find_timeline",
                queue=WorkQueue.BULK,
            ),
        ),
        retries=2,
        words_when_lost=(
            "The server that prepared this video stopped several times. Try again, or ask the team to look at it."
        ),
    )
)

FETCH = kind_register(
    JobKind(
        name="fetch",
        words="Fetch video",
        stages=(
            Stage(
                name="fetch",
                words="Fetching from the store",
                task="workers.fetch_tasks.fetch_video",
                queue=WorkQueue.MEDIA,
            ),
        ),
        retries=2,
        words_when_lost="The server that fetched this video stopped several times. Try again: it goes on where it was.",
    )
)

DEMO = kind_register(
    JobKind(
        name="demo_video",
        words="Draw the demo video",
        stages=(
            Stage(
                name="draw", words="Drawing the demo video", task="workers.demo_tasks.draw_demo", queue=WorkQueue.MEDIA
            ),
        ),
        retries=1,
        words_when_lost="The server that drew the demo video stopped several times. Try again.",
    )
)

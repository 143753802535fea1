"""The Celery application of the workers that compute with models: `celery -A workers.gpu worker -Q answers -P threads`.

The same application with the tasks of the queues `answers` and `bulk`. They stand apart because importing torch and
transformers takes seconds and hundreds of megabytes that the media and train processes have no use for.
"""

from webapp.jobs.kinds import WorkQueue
from workers.celery import app, task_modules

# workers/warm.py has no tasks; it listens for the start of the worker.
app.conf.include = (*task_modules(*WorkQueue), "workers.warm")

"""The Celery application of the gpu workers: `celery -A workers.gpu worker -Q gpu -P threads`.

The same application with the tasks that compute with models. They stand apart because importing torch and transformers
takes seconds and hundreds of megabytes that the media and train processes have no use for.
"""

from workers.celery import TASK_MODULES, app

GPU_TASK_MODULES = ("workers.feature_tasks", "workers.answer_tasks")

app.conf.include = (*TASK_MODULES, *GPU_TASK_MODULES)

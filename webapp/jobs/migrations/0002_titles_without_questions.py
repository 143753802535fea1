"""Answer jobs were listed under the question, which is private to the person who asked it."""

from typing import Any

from django.db import migrations


def forget_questions(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("jobs", "Job").objects.filter(kind="answer").update(title="An earlier question")


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunPython(forget_questions, migrations.RunPython.noop)]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_cite_what_was_copied")]
    operations = [migrations.RemoveField(model_name="claim", name="copied_facts")]

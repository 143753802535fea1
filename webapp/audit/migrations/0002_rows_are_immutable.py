from django.db import migrations, models

from webapp.audit.triggers import create_in_migration, drop_in_migration


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("hospital_id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.RunPython(create_in_migration, drop_in_migration, elidable=False),
    ]

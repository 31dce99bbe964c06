from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("ecsweb", "0028_scenes"),)

    operations = (
        migrations.AddField(
            model_name="service",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    )

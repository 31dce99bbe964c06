from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("ecsweb", "0032_change_guess_came"),)

    operations = (
        migrations.AddField(
            model_name="task", name="stop_cause", field=models.CharField(blank=True, default="", max_length=16)
        ),
    )

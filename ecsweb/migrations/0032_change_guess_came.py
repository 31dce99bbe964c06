from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("ecsweb", "0031_return_to"),)

    operations = (
        migrations.AddField(model_name="changeguess", name="came", field=models.JSONField(blank=True, default=dict)),
        migrations.AlterModelOptions(
            name="changeguess",
            options={"ordering": ("-began_at", "-pk"), "verbose_name_plural": "change guesses"},
        ),
    )

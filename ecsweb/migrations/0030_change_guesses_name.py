from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("ecsweb", "0029_service_deleted_at"),)

    operations = (
        migrations.AlterModelOptions(
            name="changeguess",
            options={"ordering": ("-pk",), "verbose_name_plural": "change guesses"},
        ),
    )

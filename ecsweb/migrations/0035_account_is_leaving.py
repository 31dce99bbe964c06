from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('ecsweb', '0034_scene_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='is_leaving',
            field=models.BooleanField(default=False),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0002_approvals_previews"),
    ]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="command_answer",
            field=models.CharField(blank=True, max_length=300),
        ),
    ]

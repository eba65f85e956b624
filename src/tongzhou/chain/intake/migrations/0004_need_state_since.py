"""When the state of a need last moved. Of needs closed before this there is only the moment of their last change."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_OVER = ("solved", "expired", "withdrawn", "refused", "merged")


def last_known(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    needs = apps.get_model("intake", "Need")._default_manager
    needs.filter(state__in=_OVER).update(state_since=models.F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_word_tables")]

    operations = [
        migrations.AddField("need", "state_since", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunPython(last_known, migrations.RunPython.noop),
    ]

"""Beginnings of names are found by index on PostgreSQL too, in any collation."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The same columns, indexed with the class that serves LIKE 'x%'."""

    dependencies: ClassVar = [("places", "0001_initial")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="place", name="places_place_short"),
        migrations.RemoveIndex(model_name="placename", name="places_placename_key"),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                fields=["short_name"], name="places_place_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(fields=["key"], name="places_placename_begins", opclasses=["varchar_pattern_ops"]),
        ),
    ]

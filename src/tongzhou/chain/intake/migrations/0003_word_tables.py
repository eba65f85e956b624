"""SQLite finds rare words in tables of their own, kept by triggers (kernel.search); PostgreSQL has its index already."""

from django.db import migrations

import tongzhou.kernel.search


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_offer_team")]

    operations = [
        tongzhou.kernel.search.WordTable("need"),
        tongzhou.kernel.search.WordTable("offer"),
        tongzhou.kernel.search.WordTable("lead"),
    ]

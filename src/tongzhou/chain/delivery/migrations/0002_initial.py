"""Nothing is left to do here: what this step once added to the tables, `0001_initial` makes with them.

It stays because databases have it on their list and later steps stand on it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = []

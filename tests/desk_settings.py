"""Settings for tests: a folder of their own, SQLite unless TONGZHOU_TEST_DATABASE_URL names a PostgreSQL server."""

import os
import tempfile
from pathlib import Path

#: A folder that stays (with --reuse-db) spares the making of the database: for work on one room, not for a whole run.
_FOLDER = Path(os.environ.get("TONGZHOU_TEST_FOLDER") or tempfile.mkdtemp(prefix="tongzhou-tests-"))
_FOLDER.mkdir(parents=True, exist_ok=True)
os.environ["TONGZHOU_DATA"] = str(_FOLDER)
for name in ("TONGZHOU_SECRETS", "TONGZHOU_DEMO", "TONGZHOU_TLS", "TONGZHOU_PROXIES", "TONGZHOU_DEBUG"):
    os.environ.pop(name, None)
os.environ["TONGZHOU_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["DATABASE_URL"] = os.environ.get("TONGZHOU_TEST_DATABASE_URL", "")

from tongzhou.site.settings import *  # noqa: E402, F403
from tongzhou.site.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and the live server share it. Durability is not what these tests judge.
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA foreign_keys=ON;"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True

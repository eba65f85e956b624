"""Django's settings, all from `site.environment`; nothing here differs between two deployments otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from tongzhou.site.environment import read_environment
from tongzhou.site.logging import configuration
from tongzhou.site.sign_in_settings import *  # noqa: F403

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
ENVIRONMENT = read_environment(ROOT)

TONGZHOU_DEMO = ENVIRONMENT.demo
TONGZHOU_DATA = ENVIRONMENT.data
TONGZHOU_MASTER_KEYS = ENVIRONMENT.master_keys
TONGZHOU_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
TONGZHOU_ADDRESS = ENVIRONMENT.address
TONGZHOU_PRIVATE_GATEWAYS = ENVIRONMENT.private_gateways
TONGZHOU_TURN_URLS, TONGZHOU_TURN_SECRET = ENVIRONMENT.turn_urls, ENVIRONMENT.turn_secret
TONGZHOU_FETCH_PAGES = ENVIRONMENT.fetch_pages
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

ROOMS = [
    "tongzhou.kernel",
    "tongzhou.registers.places",
    "tongzhou.registers.catalogue",
    "tongzhou.registers.people",
    "tongzhou.registers.organisations",
    "tongzhou.registers.responses",
    "tongzhou.registers.stages",
    "tongzhou.registers.cover",
    "tongzhou.registers.notices",
    "tongzhou.chain.intake",
    "tongzhou.chain.triage",
    "tongzhou.chain.planning",
    "tongzhou.chain.dispatch",
    "tongzhou.chain.delivery",
    "tongzhou.chain.evaluation",
    "tongzhou.desks.guidance",
    "tongzhou.desks.bulletins",
    "tongzhou.desks.professionals",
    "tongzhou.desks.hotline",
    "tongzhou.desks.casework",
]
SCREENS = sorted(f"tongzhou.screens.{path.parent.name}" for path in (PACKAGE / "screens").glob("*/apps.py"))
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "ninja",
    "tongzhou.site",
    *ROOMS,
    *SCREENS,
]
AUTH_USER_MODEL = "people.Account"

MIDDLEWARE = [
    "tongzhou.site.middleware.request_context",
    "tongzhou.site.logging.access_log",
    "django.middleware.security.SecurityMiddleware",
    "tongzhou.site.static_files.Files",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers: their length tells nothing of the tokens in them
    "tongzhou.site.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongzhou.site.middleware.Access",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tongzhou.site.urls"
ASGI_APPLICATION = "tongzhou.site.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            PACKAGE / "site" / "templates",
            PACKAGE / "registers" / "people" / "templates",
        ],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongzhou.site.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_DATABASE = dict(dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=0))
if _DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    Path(str(_DATABASE["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    _DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits its turn at the start, never fails in the middle
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
    }
DATABASES = {"default": _DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = sorted(path for path in PACKAGE.glob("**/locale") if path.is_dir())
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86400

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "site" / "static"]
STATIC_ROOT = ENVIRONMENT.data / "static"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tongzhou.site.static_files.Storage"},
}
WHITENOISE_AUTOREFRESH = DEBUG

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
VOLUNTEER_REDIRECT_URL = "/my/"
LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tongzhou.site.faults.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.tls
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # a secret link must not travel in a Referer
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if ENVIRONMENT.tls else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if "*" not in host] if ENVIRONMENT.tls else []

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a pasted table of 500 rows and 20 columns
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

TASKS: dict[str, Any] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = configuration(plain=ENVIRONMENT.demo)

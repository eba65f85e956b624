"""Django's entry for this room."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel's tables: audit trail, keys, outbox, idempotency, throttling."""

    name = "tongzhou.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

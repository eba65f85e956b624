"""Django's entry for this room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """What arrived, what was missing, who signed."""

    name = "tongzhou.chain.delivery"
    label = "delivery"

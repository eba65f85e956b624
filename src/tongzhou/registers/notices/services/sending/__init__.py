"""Carrying messages out: one way for chats and mail, one for gateways and webhooks."""

from tongzhou.registers.notices.services.sending.carry import carry_broadcast, carry_notice, carry_trial
from tongzhou.registers.notices.services.sending.gateway import NotSent, signature, signed_headers

__all__ = ["NotSent", "carry_broadcast", "carry_notice", "carry_trial", "signature", "signed_headers"]

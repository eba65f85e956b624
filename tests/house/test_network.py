"""Tests may speak to this machine only."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_another_host_is_out_of_reach_and_loopback_is_not() -> None:
    # 192.0.2.0/24 is kept for documentation (RFC 5737): nobody is there, and the guard refuses before anything is sent.
    with socket.socket() as outward, pytest.raises(SocketConnectBlockedError):
        outward.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as near:
        near.connect(server.getsockname())

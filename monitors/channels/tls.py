"""Whom to trust when a channel is encrypted."""

from __future__ import annotations

import ssl


def make_tls_context(*, verified: bool = True) -> ssl.SSLContext:
    """A client's TLS settings, trusting the system's authorities, or those that SSL_CERT_FILE names (OpenSSL)."""
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

"""Headers that keep a browser from doing more than the pages need."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def content_policy(*, style: str = "'self'", font: str = "'self'", img: str = "'self'") -> str:
    """A Content-Security-Policy: all comes from the server itself, scripts without exception.

    `style`, `font` and `img` are source lists (W3C CSP Level 3, 2.3.1) for a page that needs others.
    """
    return (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        f"img-src {img}; style-src {style}; font-src {font}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


POLICY = content_policy()
"""What an answer gets that brings no policy of its own."""

EDITOR_POLICY = content_policy(style="'self' 'unsafe-inline'", font="'self' data:", img="'self' data:")
"""The query editor's code view sets inline styles; its style sheet holds its fonts and the line under mistakes."""


class SecurityHeaders:
    """Adds the headers to every answer (OWASP Secure Headers Project)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; put the headers on its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", POLICY)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, send_with_headers)

"""The few pages the API shows to a person."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cmdb.api.security_headers import EDITOR_POLICY, content_policy

STATIC = Path(str(files("cmdb.api"))) / "static"
"""Where `make graphiql` puts the query editor; absent where Node.js was missing."""

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}
code,pre{background:#8882;border-radius:4px;padding:.1rem .3rem}
pre{padding:1rem;white-space:pre-wrap}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_NO_EDITOR = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CMDB – GraphQL</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<h1>The GraphQL API is here</h1>
<p>It answers <code>POST</code> requests at this address. The editor to try queries in is not built on this
machine. To have it, install Node.js (20.19 or later), run <code>make graphiql</code> in the project's folder
and load this page again.</p>
<p>Everything else works without it:</p>
<pre>cmdb query - &lt;&lt;'EOF'
{{ configurationItems(filter: {{class: "Host"}}, first: 10) {{ totalCount nodes {{ id name class status }} }} }}
EOF</pre>
</body>
</html>
"""


async def home(_request: Request) -> Response:
    """To the query editor."""
    return RedirectResponse("/graphql")


async def live(_request: Request) -> Response:
    """The process runs; nothing else is asked."""
    return PlainTextResponse("alive")


def graphiql(_request: Request) -> Response:
    """The query editor, or a page that says how to get it."""
    return editor_page(STATIC)


def editor_page(static: Path) -> Response:
    """The query editor built into the folder `static`, or a page that says how to get it."""
    page = static / "graphiql" / "index.html"
    if page.is_file():
        headers = {"content-security-policy": EDITOR_POLICY, "cache-control": "no-cache"}
        return FileResponse(page, media_type="text/html", headers=headers)
    policy = content_policy(style=f"'sha256-{_STYLE_HASH}'", img="data:")
    return HTMLResponse(_NO_EDITOR, headers={"content-security-policy": policy, "cache-control": "no-cache"})


def static_files(static: Path = STATIC) -> Mount:
    """The files of the pages under /static, compressed on the way; `static` need not exist (yet)."""
    return Mount(
        "/static",
        _BuiltFiles(directory=static, check_dir=False),
        middleware=[Middleware(GZipMiddleware, compresslevel=6)],
    )


class _BuiltFiles(StaticFiles):
    """Files that a build makes, perhaps while the server runs. The names under assets/ carry a hash."""

    async def check_config(self) -> None:
        """Nothing: without the folder every file is simply not found."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; a browser keeps it for good where a changed file would have another name."""
        response = await super().get_response(path, scope)
        hashed = Path(path).parent.name == "assets"
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response

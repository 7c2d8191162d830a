"""The pages for people, with and without the query editor built."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cmdb.api import pages
from cmdb.api.security_headers import EDITOR_POLICY, POLICY, SecurityHeaders


def client_of(static: Path) -> httpx.AsyncClient:
    """A client of a server whose built files are in `static`."""

    async def editor(_request: Request) -> Response:
        return pages.editor_page(static)

    routes = [
        Route("/", pages.home),
        Route("/livez", pages.live),
        Route("/graphql", editor),
        pages.static_files(static),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build of the query editor leaves it."""
    assets = tmp_path / "graphiql" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "graphiql" / "index.html").write_text("<title>editor</title>")
    (assets / "index-1a2b3c.js").write_text("let a = 1;" * 1000)
    return tmp_path


async def test_without_the_editor_the_page_says_how_to_get_it(tmp_path: Path) -> None:
    """Where Node.js was missing, a person reads what to do and what works without."""
    response = await client_of(tmp_path / "absent").get("/graphql")

    assert 200 == response.status_code
    assert "make graphiql" in response.text
    assert "cmdb query" in response.text


async def test_the_page_without_the_editor_keeps_to_a_policy_without_inline_code(tmp_path: Path) -> None:
    """Its one style sheet is allowed by hash."""
    policy = (await client_of(tmp_path / "absent").get("/graphql")).headers["content-security-policy"]

    assert "unsafe-inline" not in policy
    assert "style-src 'sha256-" in policy


async def test_the_editor_is_served_with_its_own_policy(built: Path) -> None:
    """The editor's page may set inline styles; scripts come from the server itself all the same."""
    response = await client_of(built).get("/graphql")

    assert "<title>editor</title>" == response.text
    assert EDITOR_POLICY == response.headers["content-security-policy"]
    assert "script-src 'self';" in EDITOR_POLICY


async def test_other_answers_get_the_strict_policy(built: Path) -> None:
    """What brings no policy of its own may use nothing inline."""
    headers = (await client_of(built).get("/livez")).headers

    assert POLICY == headers["content-security-policy"]
    assert "unsafe" not in POLICY
    assert "nosniff" == headers["x-content-type-options"]


async def test_files_with_a_hash_in_their_name_are_kept_and_compressed(built: Path) -> None:
    """A browser asks once for what can only change together with its name."""
    response = await client_of(built).get("/static/graphiql/assets/index-1a2b3c.js")

    assert "public, max-age=31536000, immutable" == response.headers["cache-control"]
    assert "gzip" == response.headers["content-encoding"]
    assert "let a = 1;" * 1000 == response.text


async def test_pages_are_asked_for_again(built: Path) -> None:
    """A new build shows on the next visit."""
    client = client_of(built)

    assert "no-cache" == (await client.get("/graphql")).headers["cache-control"]
    assert "no-cache" == (await client.get("/static/graphiql/index.html")).headers["cache-control"]


async def test_files_that_are_not_built_are_not_found(tmp_path: Path) -> None:
    """A missing folder is no fault of the server."""
    assert 404 == (await client_of(tmp_path / "absent").get("/static/graphiql/icon.svg")).status_code


@pytest.mark.parametrize("path", ["..%2fsecret", "graphiql/..%2f..%2fsecret", "%2e%2e/secret"])
async def test_nothing_outside_the_folder_is_served(built: Path, path: str) -> None:
    """A path that climbs out is not found."""
    (built.parent / "secret").write_text("secret")

    assert 404 == (await client_of(built).get(f"/static/{path}")).status_code


async def test_the_editor_may_be_built_while_the_server_runs(tmp_path: Path) -> None:
    """After the build the same server shows the editor and its files."""
    static = tmp_path / "static"
    client = client_of(static)
    assert "make graphiql" in (await client.get("/graphql")).text
    (static / "graphiql").mkdir(parents=True)
    (static / "graphiql" / "index.html").write_text("editor")

    assert "editor" == (await client.get("/graphql")).text
    assert "editor" == (await client.get("/static/graphiql/index.html")).text


async def test_the_root_leads_to_the_editor(built: Path) -> None:
    """A person who types the bare address arrives at the editor."""
    assert "/graphql" == (await client_of(built).get("/", follow_redirects=False)).headers["location"]

"""The query editor in a real browser, served as `cmdb serve` serves it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from cmdb.api import pages
from cmdb.api.security_headers import SecurityHeaders

BROWSERS = ("chromium", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium was not found (apt-get install chromium)"),
    pytest.mark.skipif(
        not (pages.STATIC / "graphiql" / "index.html").is_file(),
        reason="the query editor is not built (make graphiql)",
    ),
]

ARGUMENTS = [
    "--no-sandbox",  # CI runs as root, where Chromium's sandbox does not start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PATIENCE = 30.0
"""Seconds that a busy machine may take for what is awaited."""

CREATE_ROUTER = """
mutation { createConfigurationItem(input: {class: "Router", attributes: {name: "core-router"}}) { id } }
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that knows one router."""
    command = [str(Path(sys.executable).with_name("cmdb")), "serve", "--port", "0"]
    store = ["--store", str(tmp_path_factory.mktemp("store") / "estate.db")]
    with subprocess.Popen(
        [*command, *store], stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            address = address_said(server)
            # It goes on logging; a full pipe would stop it.
            reader = threading.Thread(target=server.stdout.read if server.stdout else str, daemon=True)
            reader.start()
            answer = httpx.post(f"{address}/graphql", json={"query": CREATE_ROUTER}, timeout=PATIENCE).json()
            assert "errors" not in answer, answer
            yield address
        finally:
            server.terminate()


def address_said(server: subprocess.Popen[str]) -> str:
    """Where the server says that it listens, once it answers."""
    said = ""
    for line in server.stdout or ():
        said += line
        if found := re.search(r"(http://[\w.:]+)/graphql", line):
            break
    else:
        pytest.fail(f"the server did not start: {said}")
    return found[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium with a new profile."""
    expect.set_options(timeout=PATIENCE * 1000)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS) as browser,
    ):
        yield browser


@dataclass
class Watched:
    """What a browser context asked for and complained about."""

    context: BrowserContext
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob"}:
            self.hosts.add(urlsplit(request.url).netloc)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, address: str) -> Page:
        """A page on the editor, ready to use."""
        page = self.context.new_page()
        page.goto(f"{address}/graphql")
        expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
        return page


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A context of its own for each test, so that no stored tabs are left over."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        yield Watched(context)


def run(page: Page) -> None:
    """Press the button that runs the operation."""
    page.get_by_role("button", name="Execute query").click()


def write(page: Page, query: str) -> None:
    """Replace the operation in the open tab."""
    page.locator(".graphiql-query-editor .view-lines").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def test_the_first_operation_runs_and_shows_its_result(address: str, watched: Watched) -> None:
    """A person who opens the page and presses the button sees hosts."""
    page = watched.open(address)
    run(page)

    expect(page.locator(".result-window")).to_contain_text("core-router")
    assert "CMDB – GraphQL" == page.title()


def test_nothing_comes_from_elsewhere_and_nothing_is_refused(address: str, watched: Watched) -> None:
    """The page asks the server alone, and breaks neither its policy nor anything else while it is used."""
    page = watched.open(address)
    run(page)
    expect(page.locator(".result-window")).to_contain_text("core-router")
    page.get_by_role("button", name="Prettify query").click()
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_text("Root Types")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert [] == watched.complaints
    assert {urlsplit(address).netloc} == watched.hosts


def test_a_mistake_is_underlined_while_typing(address: str, watched: Watched) -> None:
    """The schema is read and the workers run under the page's policy: an unknown field is marked."""
    page = watched.open(address)
    write(page, "{ printers { name } }")

    expect(page.locator(".graphiql-query-editor .squiggly-error").first).to_be_visible()
    assert [] == watched.complaints


def test_fields_are_offered_while_typing(address: str, watched: Watched) -> None:
    """Completion knows the fields of the API."""
    page = watched.open(address)
    expect(page.get_by_role("button", name="Re-fetch GraphQL schema")).to_be_enabled()
    write(page, "{ ")
    page.keyboard.type("conf", delay=50)

    expect(page.locator(".suggest-widget")).to_contain_text("configurationItems")


def test_an_example_opens_in_a_tab_with_its_variables(address: str, watched: Watched) -> None:
    """The operations of the project are at hand, with values for their variables."""
    page = watched.open(address)
    page.get_by_role("button", name="Show Examples").click()
    page.get_by_role("region", name="Examples").get_by_role("button", name="Configuration items").click()

    expect(page.get_by_role("tab", name="ConfigurationItems")).to_be_visible()
    expect(page.locator(".graphiql-query-editor")).to_contain_text("query ConfigurationItems(")
    page.get_by_role("button", name="Variables").click()
    expect(page.locator(".graphiql-editor-tool .view-lines").first).to_contain_text('"class": "Host"')
    assert [] == watched.complaints


def test_the_page_can_ask_no_other_host(address: str, watched: Watched) -> None:
    """The policy refuses what a script in the page would send elsewhere."""
    page = watched.open(address)
    outcome = page.evaluate(
        "fetch('http://192.0.2.1/').then(() => 'sent', (error) => error.constructor.name)"
    )

    assert "TypeError" == outcome
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)


@pytest.fixture
def address_without_editor(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the pages alone, where the editor is not built."""

    async def graphql(_request: HttpRequest) -> Response:
        return pages.editor_page(tmp_path)

    app = Starlette(routes=[Route("/graphql", graphql)], middleware=[Middleware(SecurityHeaders)])
    server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_the_page_without_the_editor_breaks_nothing(address_without_editor: str, watched: Watched) -> None:
    """What a person sees where Node.js was missing keeps its policy, its style sheet included."""
    page = watched.context.new_page()
    page.goto(f"{address_without_editor}/graphql")

    expect(page.get_by_role("heading")).to_have_text("The GraphQL API is here")
    expect(page.get_by_text("make graphiql")).to_be_visible()
    expect(page.locator("body")).to_have_css("max-width", "672px")
    assert [] == watched.complaints


CONTRAST = """
(selector) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(selector)].map((text) => {
    const grounds = [];
    for (let element = text; element; element = element.parentElement) {
      grounds.unshift(getComputedStyle(element).backgroundColor);
    }
    const back = ["white", ...grounds].map(paint).at(-1);
    const front = paint(getComputedStyle(text).color);
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    return { text: text.textContent, ratio, dark: back < 0.18 };
  });
}
"""
"""For each text its contrast (1 to 21, WCAG 2.2) on all that is painted under it, and whether that is dark."""


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_is_readable_in_the_colours_a_person_prefers(
    address: str, browser: Browser, scheme: Literal["light", "dark"], dark: bool
) -> None:
    """The ground follows the preference; every word of operation and result has WCAG's contrast of 4.5."""
    with browser.new_context(color_scheme=scheme) as context:
        page = Watched(context).open(address)
        run(page)
        expect(page.locator(".result-window")).to_contain_text("core-router")
        words = page.evaluate(CONTRAST, ".view-line span span")

        assert {dark} == {word["dark"] for word in words}
        assert [] == [word for word in words if word["ratio"] < 4.5]

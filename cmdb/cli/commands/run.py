"""The commands that set up and serve: init, serve, demo."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from cmdb.cli.options import Store, examples
from cmdb.cli.place import chosen

Host = Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 for all of this machine's.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")]


def init(context: typer.Context, store: Store = None) -> None:
    """Make the store, or bring an older one to this version's layout; harmless when it is there."""
    from cmdb.cli.starting import make_store

    make_store(chosen(context.obj, store, None))


INIT_EXAMPLES = examples("cmdb init", "cmdb init --store /var/lib/cmdb/estate.db")


def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    allow_host: Annotated[
        Optional[list[str]],  # noqa: UP045  # typer reads it at run time
        typer.Option(
            metavar="NAME", help="A name the server is reached by; may be given again. * allows any."
        ),
    ] = None,
    log_level: Annotated[str, typer.Option(help="critical, error, warning, info or debug.")] = "info",
    store: Store = None,
) -> None:
    """Serve the API on a store, until Ctrl-C or SIGTERM.

    With CMDB_TRAVERSAL=store the graph's structure is not kept in memory: each question reads from the store what it needs.
    """
    from cmdb.cli.serving import Listening, serve_store

    serve_store(chosen(context.obj, store, None), Listening(host, port, tuple(allow_host or ()), log_level))


SERVE_EXAMPLES = examples(
    "cmdb serve", "cmdb serve --host 0.0.0.0 --port 8080 --allow-host cmdb.office.example"
)


def demo(
    store: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="ADDRESS",
            help="Tell the story on this store; `neo4j`: on the local server, which is started where it does "
            "not run. Default: a fresh one, never your own.",
        ),
    ] = None,
    port: Port = 8000,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the API at the end.")] = True,
) -> None:
    """A scan of a small office goes in, a story is told on it, two questions are answered."""
    from cmdb.cli.demo.play import run_demo

    run_demo(store, port if serving else None)


DEMO_EXAMPLES = examples("cmdb demo", "cmdb demo --no-serve --store demo.db", "cmdb demo --store neo4j")

"""The commands that ask: impact, root-cause, search, show, records, query."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cmdb.cli import completion
from cmdb.cli.options import (
    AsOf,
    AssumedState,
    Classes,
    Distance,
    Environments,
    First,
    Json,
    Store,
    Url,
    Via,
    examples,
)
from cmdb.cli.place import chosen

Events = Annotated[
    Optional[list[str]],  # noqa: UP045  # typer reads it at run time
    typer.Option(
        metavar="EVENT",
        help="What monitoring recorded, by number or id; may be given again. Where nothing else is named, what it "
        "affects is what fails.",
    ),
]
NoticedAt = Annotated[
    Optional[str],  # noqa: UP045  # typer reads it at run time
    typer.Option(metavar="TIME", help="When the first of it was noticed; the incidents tell unless given."),
]
Window = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option(
        metavar="HOURS",
        min=0.01,
        max=8784,
        help="So long before that a change counts; by the policy unless given.",
    ),
]


def impact(
    context: typer.Context,
    items: Annotated[
        list[str], typer.Argument(metavar="CI", help="By id, name, FQDN, address, or words that find one.")
    ],
    state: Annotated[
        AssumedState, typer.Option(help="The state they are assumed to be in.")
    ] = AssumedState.DOWN,
    first: First = 50,
    *,
    label: Classes = None,
    environment: Environments = None,
    via: Via = None,
    distance: Distance = None,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """What breaks, how badly, why and for whom, if these configuration items fail?"""
    from cmdb.cli.asking import Narrowed, ask_impact

    narrowed = Narrowed(tuple(label or ()), tuple(environment or ()), tuple(via or ()), distance)
    ask_impact(chosen(context.obj, store, url, as_of), items, state.value.upper(), narrowed, first, json)


IMPACT_EXAMPLES = examples(
    "cmdb impact rtr-print",
    "cmdb impact 10.20.10.20 --state degraded",
    "cmdb impact rtr-core --class Service --environment production --distance 4",
    "cmdb impact rtr-print --as-of 2026-11-17T08:00:00Z",
    "cmdb impact ns1.office.example ns2.office.example --json",
)


def root_cause(
    context: typer.Context,
    incidents: Annotated[
        Optional[list[str]],  # noqa: UP045  # typer reads it at run time
        typer.Argument(metavar="INCIDENT", help="By number or id."),
    ] = None,
    *,
    failing: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="CI[=WEIGHT]",
            help="Seen failing, without an incident; may be given again. The weight says how much it matters, as so "
            "many incidents.",
        ),
    ] = None,
    alert: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="CI[=WEIGHT]",
            help="Monitoring says that it fails; may be given again. The weight says how much worse it is than usual. "
            "Where nothing else is named, what alerts is what fails.",
        ),
    ] = None,
    healthy: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="CI", help="Seen working; may be given again."),
    ] = None,
    event: Events = None,
    noticed_at: NoticedAt = None,
    window: Window = None,
    first: Annotated[int, typer.Option(min=1, max=100, help="List so many candidates at most.")] = 5,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """Which configuration item explains these incidents, and what changed there?"""
    from cmdb.cli.asking import Seen, ask_root_cause
    from cmdb.cli.choosing import weighted

    if not (incidents or failing or alert or event):
        raise typer.BadParameter(
            "name an incident, an event with --event, or a configuration item with --failing or --alert",
            param_hint="INCIDENT",
        )
    seen = Seen(
        tuple(incidents or ()),
        tuple(map(weighted, failing or ())),
        tuple(healthy or ()),
        tuple(map(weighted, alert or ())),
        noticed_at,
        window,
        tuple(event or ()),
    )
    ask_root_cause(chosen(context.obj, store, url, as_of), seen, first, json)


ROOT_CAUSE_EXAMPLES = examples(
    "cmdb root-cause INC0000001 INC0000002 INC0000003",
    "cmdb root-cause INC0000001 --failing prn-warehouse --healthy E-mail",
    "cmdb root-cause --alert rtr-print=5 --alert prn-warehouse --healthy rtr-core",
    "cmdb root-cause --event EVT000000001",
    "cmdb root-cause --failing prn-warehouse=3 --noticed-at 2026-11-17T08:00:00Z --window 24 --json",
)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="TEXT", help="Words; all of them must occur.")],
    label: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--class",
            metavar="NAME",
            help="Only this class or record type.",
            autocompletion=completion.class_names,
        ),
    ] = None,
    first: First = 20,
    *,
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """Find configuration items and records by words, best first."""
    from cmdb.cli.asking import ask_search

    ask_search(chosen(context.obj, store, url, as_of), " ".join(words), label or [], first, json)


SEARCH_EXAMPLES = examples("cmdb search postgres", "cmdb search cannot print --class Incident")


def show(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="CI", help="By id, name, FQDN or address; or a record's number.")
    ],
    as_of: AsOf = None,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """One configuration item or record: values and where they come from, relationships, records."""
    from cmdb.cli.asking import ask_show

    ask_show(chosen(context.obj, store, url, as_of), reference, json)


SHOW_EXAMPLES = examples("cmdb show rtr-print", "cmdb show INC0000001", "cmdb show 10.20.10.20 --json")


def records(
    context: typer.Context,
    record_type: Annotated[
        str,
        typer.Argument(
            metavar="TYPE", help="A record type, e.g. Incident.", autocompletion=completion.record_type_names
        ),
    ],
    only_open: Annotated[
        bool, typer.Option("--open", help="Only those somebody still has to work on.")
    ] = False,
    first: First = 50,
    json: Json = False,
    store: Store = None,
    url: Url = None,
) -> None:
    """List the records of a type, newest first."""
    from cmdb.cli.asking import ask_records

    ask_records(chosen(context.obj, store, url), record_type, only_open, first, json)


RECORDS_EXAMPLES = examples("cmdb records Incident --open", "cmdb records Change")


def query(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A GraphQL document; - for standard input.")],
    variables: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="JSON|@FILE", help="The variables, as a JSON object."),
    ] = None,
    operation: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Which operation, when the document has several."),
    ] = None,
    store: Store = None,
    url: Url = None,
) -> None:
    """Run GraphQL against the store, or a server. Prints the answer as JSON."""
    from cmdb.cli.querying import run_query

    run_query(chosen(context.obj, store, url), file, variables, operation)


QUERY_EXAMPLES = examples(
    "cmdb query graphql/operations/model.graphql",
    """cmdb query impact.graphql --variables '{"of": [{"id": "01J…"}]}'""",
    "echo '{ configurationItems { totalCount } }' | cmdb query - --url http://localhost:8000",
)

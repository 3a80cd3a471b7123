"""`boardpapers demo`."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.installation import acting_account, back_up_before_upgrade, in_sentences, settings_of, stores_of, utc_now
from app.cli.options import DataOption, JsonOption, folder_only
from app.cli.papers import generate_paper
from app.cli.printing import print_json, print_table, program, same_data, say
from app.cli.refusals import HoldsOtherFacts
from app.cli.writing import say_left_alone

if TYPE_CHECKING:
    from app.upkeep.stores import Stores

commands = typer.Typer()

DEMONSTRATION = {
    "administrator": ("Administrator", "administrator", None),
    "template-manager": ("Template manager", "template-manager", "northmoor"),
    "board-secretary": ("Board secretary", "board-secretary", "northmoor"),
    "chief-officer": ("Chief officer", "approver", "northmoor"),
    "report-author": ("Report author", "report-author", "northmoor"),
    "workstream-lead": ("Workstream lead", "workstream-lead", "northmoor"),
    "reader": ("Reader", "reader", "northmoor"),
    "commissioners-office": ("Commissioner’s office", "reader", "northmoor-pcc"),
}
"""Accounts that `demo` makes, and only `demo`: key → name, role, and whose papers it sees."""

PERSONS = {
    "chief-officer": "deputy-chief-constable",
    "report-author": "head-strategic-change",
    "workstream-lead": "acc-operations",
}
"""Whom papers and rounds name, where that is who signs in."""


@commands.command(short_help="Make invented papers, to see how it works.")
def demo(
    data: DataOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the drafts go. Default: the data folder's drafts", callback=folder_only
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a database with invented facts and write its draft papers.

    Run it again: what has not changed stays as it is.
    """
    from app.facts.demonstration_round import play_round
    from app.facts.load import load as load_facts
    from app.facts.shapes import FactsFile
    from app.facts.shipped import demonstration, shipped_formats
    from app.settings import PACKAGED_MIGRATIONS, PACKAGED_TEMPLATES
    from app.upkeep.upgrade import upgrade as bring_to_head

    settings = settings_of(data)
    folder = out or settings.data / "drafts"
    back_up_before_upgrade(settings)
    with in_sentences(settings):
        bring_to_head(settings.database_url, PACKAGED_MIGRATIONS)
    facts = demonstration()
    with stores_of(settings) as stores:
        with stores.database.writing() as session:
            _only_demonstration(session, facts, settings.data)
            by = acting_account(session)
            formats = FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES))
            load_facts(session, stores.blobs, formats, by=by.key, now=utc_now())
            load_facts(session, stores.blobs, facts, by=by.key, now=utc_now())
            play_round(session, stores.blobs, facts, by=by.key)
        rows = [generate_paper(stores, paper.reference, folder) for paper in facts.papers]
        opened, password = _open_demonstration(stores)
    if as_json:
        print_json(rows)
        typer.echo(f"The password of each account of the demonstration is {password} until the next demo.", err=True)
        return
    print_table(
        "Draft papers",
        {"Paper and file": "what", "Version": "made", "Digest": "digest", "Time": "time"},
        [
            {
                "what": f"{row['paper']}\n{row['name']}",
                "made": f"{row['version']}\n{row['result']}",
                "digest": row["digest"][:12],
                "time": f"{row['milliseconds']} ms",
            }
            for row in rows
        ],
    )
    for row in rows:
        say_left_alone(row["left"], row["file"])
    say(f"\nThe drafts are in {folder}: open them in Word.")
    say(f"\nSign in as {', '.join(opened)}:\n  the password of each is {password} until the next demo.")
    say("\nWhat to do next:")
    where = same_data(data)
    steps = {
        "papers": "the papers in the database",
        f"versions {rows[-1]['paper']}": "what was made of one, with its digests",
        "round show collaboration-2026-12": "who has answered a round, and who has not",
        "remind": "letters to those who have not, as files",
        "load FILE": "your own facts (see docs/facts-file.md)",
        "verify": "proof that nothing kept was changed",
        "serve": "the web pages, and the API with its reference at /docs",
    }
    width = max(len(step) for step in steps) + len(where) + 2
    for step, why in steps.items():
        say(f"  {program()} {step + where:<{width}} {why}")


def _only_demonstration(session: Any, facts: Any, data: Path) -> None:
    """Invented facts never go in beside somebody's own."""
    from app.people.queries import organisation_keys

    if set(organisation_keys(session)) - {organisation.key for organisation in facts.organisations}:
        raise HoldsOtherFacts(data)


def _open_demonstration(stores: "Stores") -> tuple[list[str], str]:
    """The accounts of the demonstration, and the new password that opens each; somebody's own are left alone."""
    from app.accounts import commands, passwords, queries
    from app.accounts.models import Role
    from app.people.queries import get_person, organisation_ids

    password = "-".join(secrets.token_hex(2) for _ in range(4))
    kept = passwords.hashed(password, key="demonstration")
    with stores.database.writing() as session:
        by = acting_account(session).key
        for key, (name, role, organisation) in DEMONSTRATION.items():
            number = organisation_ids(session, [organisation])[organisation] if organisation else None
            with suppress(commands.AccountExists):
                commands.demonstrate(
                    session,
                    key=key,
                    name=name,
                    role=Role(role),
                    organisation_id=number,
                    password_hash=kept,
                    by=by,
                    now=utc_now(),
                )
                if key in PERSONS:
                    queries.get(session, key).person_id = get_person(session, PERSONS[key]).id
        return [account.key for account in queries.demonstration(session)], password

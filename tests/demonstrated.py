"""The demonstration, made once for a run of tests and copied for each story that changes it; its pages can be shown."""

import shutil
from pathlib import Path

from app import assets
from app.accounts import commands as accounts
from app.accounts import passwords
from app.accounts.commands import command_line
from app.accounts.models import Role
from app.cli.demonstration import DEMONSTRATION, PERSONS
from app.facts.demonstration_round import play_round
from app.facts.load import load
from app.facts.shapes import FactsFile
from app.facts.shipped import demonstration, shipped_formats
from app.people.queries import get_person, organisation_ids
from app.settings import PACKAGED_TEMPLATES, Settings
from app.upkeep.stores import open_stores
from tests.api_fixtures import PASSWORD, PASSWORD_HASH
from tests.stories import NOON, generate

__all__ = ["PASSWORD", "build_assets", "copied", "demonstrated"]

assert passwords.is_right(PASSWORD, PASSWORD_HASH)


def build_assets(cannot_run) -> None:
    """The pages have their style sheets and scripts."""
    try:
        assets.ensure()
    except assets.NotBuilt as reason:
        cannot_run(str(reason))


def demonstrated(folder: Path, migrated_file: Path) -> Path:
    """The folder holds the demonstration with its round, a draft of each paper and the accounts of `DEMONSTRATION`."""
    shutil.copyfile(migrated_file, folder / "boardpapers.sqlite")
    demonstrate(settings_for(folder))
    return folder


def demonstrate(settings: Settings) -> None:
    """The installation with these settings, whose database is migrated and empty, holds what `demonstrated` says."""
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    facts = demonstration()
    with stores.database.writing() as session:
        by = command_line(session, NOON).key
        formats = FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES))
        load(session, stores.blobs, formats, by=by, now=NOON)
        load(session, stores.blobs, facts, by=by, now=NOON)
        play_round(session, stores.blobs, facts, by=by)
        for key, (name, role, organisation) in DEMONSTRATION.items():
            number = organisation_ids(session, [organisation])[organisation] if organisation else None
            account = accounts.demonstrate(
                *[session],
                key=key,
                name=name,
                role=Role(role),
                organisation_id=number,
                password_hash=PASSWORD_HASH,
                by=by,
                now=NOON,
            )
            account.person_id = get_person(session, PERSONS[key]).id if key in PERSONS else None
    for paper in facts.papers:
        generate(stores.database, stores.blobs, paper.reference)
    stores.database.dispose()


def copied(folder: Path, to: Path) -> Path:
    """A copy of the installation that a story may change."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    return to


def settings_for(folder: Path, **more) -> Settings:
    """The settings of the installation in this folder."""
    always = {
        "database_url": f"sqlite:///{(folder / 'boardpapers.sqlite').as_posix()}",
        "sign_ins_a_minute": 1_000_000,
        "generate_per_minute": 1_000_000,
    }
    return Settings(data=folder, _env_file=None, **(always | more))

"""Sending e-mail: by SMTP, or into a folder where each letter is a file."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol


class NotSentError(Exception):
    """The letter has certainly not left; `str()` says why."""


class PerhapsSentError(Exception):
    """The connection was lost while the letter was on its way; `str()` says how."""


class Post(Protocol):
    """Where letters are handed in."""

    def send(self, letter: EmailMessage, name: str) -> None:
        """The letter is on its way; `name` is what its file would be called.

        Raises:
            NotSentError, PerhapsSentError: it is certainly, or perhaps, not.
        """


@dataclass(frozen=True)
class Smtp:
    """A mail server."""

    host: str
    port: int
    starttls: bool
    user: str | None
    password: str | None
    seconds: float = 30

    def send(self, letter: EmailMessage, name: str) -> None:  # noqa: ARG002
        """The server has taken the letter."""
        try:
            connection = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(f"{self.host} does not answer: {error}") from error
        with connection:
            self._greet(connection)
            try:
                connection.send_message(letter)
            except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
                raise NotSentError(f"{self.host} refuses the letter: {error}") from error
            except (OSError, smtplib.SMTPException) as error:
                raise PerhapsSentError(f"{self.host} was lost: {error}") from error

    def _greet(self, connection: smtplib.SMTP) -> None:
        try:
            if self.starttls:
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password or "")
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(f"{self.host} does not let us in: {error}") from error


@dataclass(frozen=True)
class Folder:
    """A folder of `.eml` files, which every mail program opens."""

    folder: Path

    def send(self, letter: EmailMessage, name: str) -> None:
        """The letter is a file there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.eml").write_bytes(letter.as_bytes(policy=SMTP))
        except OSError as error:
            raise NotSentError(f"{self.folder} cannot be written: {error.strerror}") from error


def post_by(
    host: str | None, port: int, *, starttls: bool, user: str | None, password: str | None, folder: Path
) -> Post:
    """The mail server; without one, the folder."""
    return Smtp(host, port, starttls, user, password) if host else Folder(folder)

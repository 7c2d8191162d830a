"""Files that a person names on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from cmdb.kernel.errors import CmdbError, ErrorKind

STANDARD_INPUT = Path("-")


class FileUnreadableError(CmdbError):
    """A file that was named cannot be read."""

    code = "FILE_UNREADABLE"
    kind = ErrorKind.INVALID
    summary = "A file that was named does not exist or cannot be read."
    default_remedy = "Check the path and whether you may read it."


class FileUnwritableError(CmdbError):
    """A file or folder that was named cannot be written."""

    code = "FILE_UNWRITABLE"
    kind = ErrorKind.UNAVAILABLE
    summary = "A file or folder that was named cannot be written."
    default_remedy = "Check the path and whether you may write there."


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, or of standard input for `-`.

    Raises:
        FileUnreadableError: it cannot be read, or is no UTF-8 text.
    """
    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise FileUnreadableError(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}") from error


def unreadable(path: Path, error: OSError) -> FileUnreadableError:
    """The error for a file that the system refuses to give."""
    return FileUnreadableError(f"{path}: {error.strerror or error}")

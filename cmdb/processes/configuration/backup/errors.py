"""Why a backup was not made or not taken."""

from __future__ import annotations

from cmdb.kernel.errors import CmdbError, ErrorKind


class BackupDamagedError(CmdbError):
    """The file is not what was written; details: byte, the place in the file where that shows."""

    code = "BACKUP_DAMAGED"
    kind = ErrorKind.INVALID
    summary = "The backup was cut short or changed after it was written; nothing of it was restored."
    default_remedy = "Fetch the file again from where it was copied, or use another backup."


class NotABackupError(CmdbError):
    """The file is none that `cmdb backup` writes."""

    code = "NOT_A_BACKUP"
    kind = ErrorKind.INVALID
    summary = "The file is no backup."
    default_remedy = "Name a file that `cmdb backup` wrote. Scans and tables are for `cmdb import`."


class BackupTooNewError(CmdbError):
    """A newer version of the product wrote the file in a form that this one does not know."""

    code = "BACKUP_TOO_NEW"
    kind = ErrorKind.UNAVAILABLE
    summary = "The backup has a newer format than this version of the product knows."
    default_remedy = "Install the version that wrote it, or a later one."


class BackupModelError(CmdbError):
    """The content does not fit the model in use; details: mistakes."""

    code = "BACKUP_MODEL_MISMATCH"
    kind = ErrorKind.INVALID
    summary = "The content has classes, attributes or relationships that the model in use does not know."
    default_remedy = (
        "Set CMDB_SCHEMA to the model folders that the content was made with; nothing was written."
    )


class CopyDiffersError(CmdbError):
    """What was loaded is not what was given."""

    code = "COPY_DIFFERS"
    kind = ErrorKind.INTERNAL
    summary = "The store's content after loading differs from what was loaded."
    default_remedy = "Do not use this store; check the source with `cmdb verify` and report it."

"""The file as a container: compressed blocks, each with a digest that covers it and all before it.

A block is a zstd frame (RFC 8878) behind a skippable frame of 56 bytes, so `zstd -dc` reads the file too:

    magic 0x184D2A5C, 48     (a skippable frame, and the bytes of it that follow)
    "CMDB", compressed bytes, content bytes, CRC-32 of these 12 bytes
    SHA-256 of: the digest before, these 16 bytes, the compressed bytes

The last block is empty; nothing follows it. Every bit of the file is therefore covered, a block is looked
into only after its digest was found right, and how much memory it takes is known before. Numbers are 32 bits,
little-endian.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from cmdb.processes.configuration.backup.errors import BackupDamagedError, NotABackupError

MAGIC = struct.pack("<II", 0x184D2A5C, 48)
MOST_CONTENT = 1 << 30
"""Most bytes of a block's content."""

_NAME = b"CMDB"
_LENGTHS = struct.Struct("<4sII")
_CHECKSUM = struct.Struct("<I")
_DIGEST_BYTES = 32
_LEVEL = 3


class BlockWriter:
    """Writes blocks to a stream of bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._digest = b""
        self.written = 0

    def write(self, content: bytes) -> None:
        """Write one block."""
        self._put(self._compressor.compress(content), len(content))

    def end(self) -> None:
        """Write the last block."""
        self._put(b"", 0)

    def _put(self, packed: bytes, size: int) -> None:
        lengths = _LENGTHS.pack(_NAME, len(packed), size)
        lengths += _CHECKSUM.pack(zlib.crc32(lengths))
        self._digest = hashlib.sha256(self._digest + lengths + packed).digest()
        self._stream.write(MAGIC + lengths + self._digest)
        self._stream.write(packed)
        self.written += len(MAGIC) + len(lengths) + _DIGEST_BYTES + len(packed)


class BlockReader:
    """Reads blocks from a stream of bytes; `position` is the byte at which the block being read begins."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor()
        self._digest = b""
        self.position = 0

    def blocks(self) -> Iterator[bytes]:
        """The content of each block, up to the last.

        Raises:
            NotABackupError: the stream does not begin as a backup does.
            BackupDamagedError: it is cut short, or not what was written.
        """
        following = 0
        while True:
            self.position = following
            packed_size, size, lengths, digest = self._head()
            packed = self._stream.read(packed_size)
            if len(packed) < packed_size:
                raise self._cut_short(len(packed))
            self._digest = hashlib.sha256(self._digest + lengths + packed).digest()
            if self._digest != digest:
                raise self.damaged("the block that begins here is not what was written")
            following += len(MAGIC) + len(lengths) + _DIGEST_BYTES + packed_size
            if size == 0:
                break
            yield self._content(packed, size)
        if self._stream.read(1):
            self.position = following
            raise self.damaged("something follows the end of the backup")

    def damaged(self, what: str) -> BackupDamagedError:
        """The error for content that cannot be what was written, with the place in the file."""
        return BackupDamagedError(f"byte {self.position:,}: {what}", details={"byte": self.position})

    def _head(self) -> tuple[int, int, bytes, bytes]:
        head = self._stream.read(len(MAGIC) + _LENGTHS.size + _CHECKSUM.size + _DIGEST_BYTES)
        begins = head[: len(MAGIC) + len(_NAME)]
        if self.position == 0 and begins != (MAGIC + _NAME)[: len(begins)]:
            raise NotABackupError("the file does not begin as a backup does")
        if len(head) < len(MAGIC) + _LENGTHS.size + _CHECKSUM.size + _DIGEST_BYTES:
            raise self._cut_short(len(head))
        lengths = head[len(MAGIC) : -_DIGEST_BYTES]
        name, packed_size, size = _LENGTHS.unpack_from(lengths)
        (checksum,) = _CHECKSUM.unpack_from(lengths, _LENGTHS.size)
        is_whole = (
            head.startswith(MAGIC) and name == _NAME and checksum == zlib.crc32(lengths[: _LENGTHS.size])
        )
        if not is_whole or max(packed_size, size) > MOST_CONTENT or (size == 0 and packed_size):
            raise self.damaged("the head of the block that begins here is not what was written")
        return packed_size, size, lengths, head[-_DIGEST_BYTES:]

    def _content(self, packed: bytes, size: int) -> bytes:
        try:
            # Asked first: so much memory is taken before anything is decompressed.
            if zstandard.frame_content_size(packed) != size:
                raise self.damaged("the block that begins here has another length than was written")
            return self._decompressor.decompress(packed, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise self.damaged(f"the block that begins here cannot be read ({error})") from error

    def _cut_short(self, rest: int) -> BackupDamagedError:
        end = self.position + rest
        return BackupDamagedError(
            f"byte {end:,}: the file ends here, in the middle of the backup", details={"byte": end}
        )

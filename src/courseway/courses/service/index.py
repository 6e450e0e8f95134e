"""The index of a version's files, as it is kept in the process: finding the file that an address means."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from courseway.courses.model import StoredFile, VersionFiles


@dataclass(frozen=True, slots=True)
class Opened:
    """A version that an address opened, until the end of a day (a number of days since 1970)."""

    version_id: UUID
    last_day: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to deliver, and the object it is in."""

    file: StoredFile
    key: str

    @property
    def end(self) -> int:
        """Return where the file ends in its object."""
        return self.file.byte_offset + self.file.stored_bytes


class FileIndex:
    """The files of a version by path, and by the paths that careless authors write for them."""

    def __init__(self, version: VersionFiles) -> None:
        self._version = version
        self._assets: dict[str, Asset] = {}
        self._careless: dict[str, str | None] | None = None

    def find(self, path: str) -> Asset | None:
        """Return a file by its path, or by one that differs in case or in repeated slashes and can mean no other."""
        asset = self._assets.get(path)
        if asset is not None:
            return asset
        file = self._version.files.get(path) or self._find_careless(path)
        if file is None:
            return None
        asset = Asset(file, f"{self._version.prefix}/{file.object_name}")
        if path == file.path:  # others could be made up without end
            self._assets[path] = asset
        return asset

    def _find_careless(self, path: str) -> StoredFile | None:
        if self._careless is None:
            careless: dict[str, str | None] = {}
            for known in self._version.files:
                plain = _plain(known)
                careless[plain] = None if plain in careless else known
            self._careless = careless
        meant = self._careless.get(_plain(path))
        return None if meant is None else self._version.files[meant]


def _plain(path: str) -> str:
    text = unicodedata.normalize("NFC", path).replace("\\", "/").casefold()
    while "//" in text:
        text = text.replace("//", "/")
    return text.removeprefix("/")

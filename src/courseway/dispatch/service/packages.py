"""The packages customers import into their LMSs: planned by `standards.shells`, zipped here, a few kB each."""

import base64
import io
import re
import unicodedata
import zipfile
from typing import NamedTuple
from uuid import UUID

from courseway import __version__
from courseway.dispatch.model.keys import render_package_key
from courseway.dispatch.model.refusals import DestinationMissing, DispatchMissing, NothingToPackage
from courseway.dispatch.service.parts import DispatchParts, verify_key
from courseway.dispatch.store import dispatches as store
from courseway.dispatch.store.destinations import find_destination
from courseway.dispatch.store.dispatches import LaunchGround
from courseway.standards.shells import PackageFile, PackageFormat, PackageSpec, plan_collection, plan_package
from courseway.tenants import Caller, Scope

# A time of making would say nothing that the serial of the endpoints does not.
MOST_ITEMS = 500
ZIP_TIME = (2024, 1, 1, 0, 0, 0)


class Package(NamedTuple):
    """A package ready to be sent: its file name, and its bytes."""

    filename: str
    content: bytes


class Packages(DispatchParts):
    """Make packages."""

    async def package(self, caller: Caller, dispatch_id: UUID, package_format: PackageFormat) -> Package:
        """Make a dispatch's package in one format. It carries nothing secret but the right to launch this dispatch."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            ground = await store.load_ground(tx, dispatch_id)
        if ground is None:
            raise DispatchMissing
        files = plan_package(self._spec(ground, package_format), self._shell_files())
        return Package(f"{_slug(ground.dispatch.name)}-{package_format.value}.zip", _zip(files))

    async def destination_package(self, caller: Caller, destination_id: UUID, package_format: PackageFormat) -> Package:
        """
        Make one package with every dispatch of a destination, an item for each.

        NothingToPackage when it has none; a dispatch made later needs the package anew.
        """
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            destination = await find_destination(tx, destination_id)
            if destination is None:
                raise DestinationMissing
            grounds = await store.load_grounds(tx, destination_id, MOST_ITEMS)
        if not grounds:
            raise NothingToPackage
        specs = [self._spec(ground, package_format) for ground in grounds]
        files = plan_collection(str(destination_id), destination.name, specs, self._shell_files())
        return Package(f"{_slug(destination.name)}-{package_format.value}.zip", _zip(files))

    def _spec(self, ground: LaunchGround, package_format: PackageFormat) -> PackageSpec:
        dispatch, key = ground.dispatch, ground.key
        hash_key = base64.b64encode(key.derive("learners")).decode() if ground.hash_learners else ""
        return PackageSpec(
            dispatch_id=str(dispatch.id),
            key=render_package_key(dispatch.tenant_id, dispatch.id, key),
            format=package_format,
            title=dispatch.name,
            version=__version__,
            endpoints=self._endpoints(dispatch.id, key),
            verify_key=verify_key(key),
            window=dispatch.options.window,
            hash_key=hash_key,
            welcome=dispatch.options.messages.welcome,
            support=dispatch.options.messages.support,
        )


def _zip(files: tuple[PackageFile, ...]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.path, ZIP_TIME), file.content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "dispatch"

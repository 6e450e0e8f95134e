"""Where the room keeps things in the object store. No name here is chosen by an archive or a sender."""

from uuid import UUID

from courseway.courses.model.values import StoredFile


def package_key(tenant_id: UUID, upload_id: UUID) -> str:
    """Return where an uploaded package is kept; it stays there as the version's original."""
    return f"{packages_prefix(tenant_id)}/{upload_id.hex}"


def packages_prefix(tenant_id: UUID) -> str:
    """Return the folder of a tenant's packages."""
    return f"t/{tenant_id.hex}/packages"


def versions_prefix(tenant_id: UUID) -> str:
    """Return the folder of a tenant's unpacked versions."""
    return f"t/{tenant_id.hex}/versions"


def version_prefix(tenant_id: UUID, version_id: UUID) -> str:
    """Return the folder one version's files are stored in."""
    return f"{versions_prefix(tenant_id)}/{version_id.hex}"


SMALL_BYTES = 64 * 1024  # stored sizes up to this share objects, and are sent from memory


def alone_name(number: int) -> str:
    """Return the name of an object that is one file. Names are counted, so that no archive can choose one."""
    return f"file-{number}"


def shared_name(number: int) -> str:
    """Return the name of an object that several small files share."""
    return f"small-{number}"


def is_alone(file: StoredFile) -> bool:
    """Tell whether a file has its object for itself."""
    return file.object_name.startswith("file-")

"""
Objects: immutable bytes under keys, in a folder or in S3 and what speaks like it. One interface over both.

What lives here: putting (streams too), getting (ranges too), listing and deleting. What does not: what the keys mean.

A put is atomic: readers see the whole object or none. `write` blocks and is for threads; everything else is for the
event loop. Keys are made by us, never by strangers: other characters than KEY allows are a defect.
"""

from pathlib import Path

from courseway.errors import Invalid
from courseway.kit.objects.folder import FolderStore
from courseway.kit.objects.interface import (
    ObjectInfo,
    ObjectMissing,
    ObjectStore,
    StoreUnavailable,
    check_key,
    regroup,
)
from courseway.kit.objects.s3 import S3Store, open_s3

__all__ = [
    "FolderStore",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStore",
    "S3Store",
    "StoreUnavailable",
    "check_key",
    "open_store",
    "regroup",
]


def open_store(url: str) -> ObjectStore:
    """
    Open a store by its address: a folder, or `s3://[id:secret@]bucket[/prefix][?endpoint=…&region=…]`.

    Without an id the usual AWS environment variables count.
    """
    if url.startswith("s3://"):
        return open_s3(url)
    if "://" in url and not url.startswith("file://"):
        raise Invalid("STORAGE_URL is a folder or s3://bucket/prefix")
    return FolderStore(Path(url.removeprefix("file://")))

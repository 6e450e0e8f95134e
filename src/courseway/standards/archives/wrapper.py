"""
Finding the folder of an archive a package really starts in.

Here: one wrapper folder is stripped, packages inside packages and several packages in one are told. Not here: what
the manifest says (`standards/manifests`).
"""

import msgspec

from courseway.standards.archives.names import shown
from courseway.standards.archives.values import PlannedFile
from courseway.standards.issues import Findings

_MANIFESTS = frozenset({"imsmanifest.xml", "cmi5.xml", "tincan.xml"})
_AICC = (".crs",)  # not .au, which is a sound elsewhere
_ARCHIVES = (".zip", ".pif", ".7z", ".rar", ".tar", ".gz", ".tgz")
_PACKAGES = (".zip", ".pif")


def strip_wrapper(planned: list[PlannedFile], findings: Findings) -> tuple[str, list[PlannedFile], tuple[str, ...]]:
    """
    Return the wrapper folder ("" if none), the files below it under their paths inside it, and what lay beside it.

    The package starts where its manifest is, nearest to the root. When several folders at that depth have one, the
    archive holds several packages and is refused.
    """
    starts = _starts([file.path for file in planned])
    _note_nested(planned, findings, hidden=not starts)
    if not starts or "" in starts:
        return "", planned, ()
    if len(starts) > 1:
        findings.error(
            "archive.several_packages",
            "The archive holds several packages: " + ", ".join(shown(start, 60) for start in starts[:5]) + ".",
            advice="Upload each of them on its own.",
        )
        return "", planned, ()
    prefix = starts[0] + "/"
    inside = [
        msgspec.structs.replace(file, path=file.path[len(prefix) :]) for file in planned if file.path.startswith(prefix)
    ]
    outside = tuple(file.path for file in planned if not file.path.startswith(prefix))
    _note_wrapper(starts[0], outside, findings)
    return starts[0], inside, outside


def _starts(paths: list[str]) -> list[str]:
    folders = {_folder(path) for path in paths if _name(path) in _MANIFESTS}
    folders = folders or {_folder(path) for path in paths if _name(path).endswith(_AICC)}
    depth = min((_depth(folder) for folder in folders), default=0)
    return sorted(folder for folder in folders if _depth(folder) == depth)


def _note_wrapper(wrapper: str, outside: tuple[str, ...], findings: Findings) -> None:
    findings.warn(
        "archive.wrapper_folder",
        f"The package lies in the folder {shown(wrapper, 80)} of the archive; the folder was stripped.",
        shown(wrapper),
        "SCORM 2004 CAM 3.4.1",
        "Pack what is inside the folder, so that the manifest is at the root of the archive.",
    )
    for path in outside:
        findings.warn(
            "archive.outside_wrapper",
            "The file lies beside the package and was left out.",
            shown(path),
            advice="If the course needs it, move it into the package's folder.",
        )


def _note_nested(planned: list[PlannedFile], findings: Findings, *, hidden: bool) -> None:
    for file in planned:
        lower = file.path.lower()
        if hidden and lower.endswith(_PACKAGES):
            findings.error(
                "archive.nested_package",
                "The archive holds no package itself but another archive.",
                shown(file.path),
                advice="Unpack it once and upload the archive inside.",
            )
        elif lower.endswith(_ARCHIVES):
            findings.note("archive.nested_archive", "An archive inside is kept as it is, not opened.", shown(file.path))


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0

"""
Build the sample courses: three SCORM packages of our own content, the same bytes every time.

`python samples/build.py [--out samples/build]`; needs nothing but Python. `build(folder)` does the same from code and
returns the paths. What is in the packages lies in `samples/content` and `samples/media`.
"""

import argparse
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_WHEN = (2026, 1, 1, 0, 0, 0)
_ALREADY_PACKED = {".webm", ".png", ".jpg", ".woff2"}


@dataclass(frozen=True)
class Sample:
    """One package: its name, its folder of content, what it shares with others, and further files."""

    name: str
    folder: str
    shared: tuple[str, ...]
    media: tuple[str, ...] = ()


SAMPLES = (
    Sample("harbour-safety-quiz.zip", "quiz", ("style.css", "scorm12.js")),
    Sample("first-week.zip", "first-week", ("style.css", "scorm2004.js")),
    Sample("ship-to-shore-video.zip", "video", ("style.css", "scorm2004.js"), ("ship-to-shore.webm",)),
)


def build(folder: Path) -> list[Path]:
    """Write all sample packages into the folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(sample, folder / sample.name) for sample in SAMPLES]


def _write(sample: Sample, target: Path) -> Path:
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name, source in _files(sample):
            info = zipfile.ZipInfo(name, _WHEN)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_STORED if source.suffix in _ALREADY_PACKED else zipfile.ZIP_DEFLATED
            archive.writestr(info, source.read_bytes())
    return partial.replace(target)


def _files(sample: Sample) -> Iterator[tuple[str, Path]]:
    content = HERE / "content" / sample.folder
    yield "imsmanifest.xml", content / "imsmanifest.xml"
    for path in sorted(content.rglob("*")):
        if path.is_file() and path.name != "imsmanifest.xml":
            yield path.relative_to(content).as_posix(), path
    for name in sample.shared:
        yield f"shared/{name}", HERE / "content" / "shared" / name
    for name in sample.media:
        yield f"media/{name}", HERE / "media" / name


def main() -> None:
    """Build the packages and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE / "build", help="folder the packages go to")
    for path in build(parser.parse_args().out):
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

"""
Make ship-to-shore.webm: draw `animation.js` in Chromium, encode it there as VP8, and write the WebM file.

Run once, by hand, when the film changes: `.venv/bin/python samples/media/make_video.py`. Building the samples needs
neither this script nor a browser. The file says its length and has an index (cues), so that players can seek.
"""

import argparse
import base64
import struct
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, sync_playwright

HERE = Path(__file__).parent
FRAMES_A_SECOND = 24
KEY_FRAME_SECONDS = 2
BITS_A_SECOND = 430_000

_PAGE = "<!doctype html><canvas></canvas><script src='animation.js'></script>"

_ENCODE = """async ([rate, keyEvery, bitrate]) => {
  const canvas = document.querySelector("canvas");
  canvas.width = WIDTH; canvas.height = HEIGHT;
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const chunks = [];
  const toText = (bytes) => { let text = ""; for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192)); return btoa(text); };
  const encoder = new VideoEncoder({
    output: (chunk) => { const bytes = new Uint8Array(chunk.byteLength); chunk.copyTo(bytes);
      chunks.push([chunk.timestamp, chunk.type === "key", toText(bytes)]); },
    error: (error) => { throw error; } });
  encoder.configure({codec: "vp8", width: WIDTH, height: HEIGHT, bitrate, framerate: rate, latencyMode: "quality"});
  for (let frame = 0; frame < SECONDS * rate; frame++) {
    drawFrame(context, frame / rate);
    const picture = new VideoFrame(canvas, {timestamp: Math.round(frame * 1e6 / rate)});
    encoder.encode(picture, {keyFrame: frame % (rate * keyEvery) === 0});
    picture.close();
    while (encoder.encodeQueueSize > 8) await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await encoder.flush();
  return {width: WIDTH, height: HEIGHT, seconds: SECONDS, chunks};
}"""


def draw_and_encode() -> dict[str, Any]:
    """Return width, height, seconds and the encoded frames as (microseconds, is key, base64)."""

    def answer(route: Route) -> None:
        script = route.request.url.endswith(".js")
        body = (HERE / "animation.js").read_text("utf-8") if script else _PAGE
        route.fulfill(body=body, content_type="text/javascript" if script else "text/html")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.route("https://film.test/**", answer)  # an https address, for encoders exist in secure contexts only
        page.goto("https://film.test/")
        result: dict[str, Any] = page.evaluate(_ENCODE, [FRAMES_A_SECOND, KEY_FRAME_SECONDS, BITS_A_SECOND])
        browser.close()
    return result


def element(identifier: int, payload: bytes) -> bytes:
    """Return one EBML element."""
    name = identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")
    return name + (len(payload) | 1 << 56).to_bytes(8, "big") + payload


def number(identifier: int, value: int, width: int = 0) -> bytes:
    """Return an EBML element that holds an unsigned number, in `width` bytes when given."""
    return element(identifier, value.to_bytes(width or max(1, (value.bit_length() + 7) // 8), "big"))


def webm(film: dict[str, Any]) -> bytes:
    """Return the film as WebM: head, tracks, cues, then a cluster for every key frame."""
    head = element(
        0x1A45DFA3,
        number(0x4286, 1) + number(0x42F7, 1) + number(0x42F2, 4) + number(0x42F3, 8)
        + element(0x4282, b"webm") + number(0x4287, 2) + number(0x4285, 2),
    )  # fmt: skip
    info = element(
        0x1549A966,
        number(0x2AD7B1, 1_000_000)
        + element(0x4489, struct.pack(">d", film["seconds"] * 1000.0))
        + element(0x4D80, b"courseway samples")
        + element(0x5741, b"courseway samples"),
    )
    video = element(0xE0, number(0xB0, film["width"]) + number(0xBA, film["height"]))
    track = number(0xD7, 1) + number(0x73C5, 1) + number(0x83, 1) + element(0x86, b"V_VP8") + video
    tracks = element(0x1654AE6B, element(0xAE, track))
    clusters = list(_clusters(film["chunks"]))
    cues_size = len(_cues(clusters, 0))
    start = len(info) + len(tracks) + cues_size
    return head + element(0x18538067, info + tracks + _cues(clusters, start) + b"".join(body for _, body in clusters))


def _clusters(chunks: list[list[Any]]) -> list[tuple[int, bytes]]:
    groups: list[tuple[int, list[bytes]]] = []
    for microseconds, is_key, encoded in chunks:
        at = round(microseconds / 1000)
        if is_key:
            groups.append((at, [number(0xE7, at)]))
        start, blocks = groups[-1]
        header = b"\x81" + struct.pack(">hB", at - start, 0x80 if is_key else 0)
        blocks.append(element(0xA3, header + base64.b64decode(encoded)))
    return [(at, element(0x1F43B675, b"".join(blocks))) for at, blocks in groups]


def _cues(clusters: list[tuple[int, bytes]], start: int) -> bytes:
    points, position = [], start
    for at, body in clusters:
        where = number(0xF7, 1) + number(0xF1, position, 8)
        points.append(element(0xBB, number(0xB3, at, 8) + element(0xB7, where)))
        position += len(body)
    return element(0x1C53BB6B, b"".join(points))


def main() -> None:
    """Write the film beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "ship-to-shore.webm")
    out = parser.parse_args().out
    out.write_bytes(webm(draw_and_encode()))
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

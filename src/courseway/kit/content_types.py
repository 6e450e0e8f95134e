"""
The media type of a file by its name, whether such files are worth compressing, and whether a client takes them so.

One table of ours and no table of the machine's, so that every node says the same. Markup and scripts carry no charset:
the file says it itself, and a wrong guess would break it.
"""

_TYPES = {
    "text/html": "html htm xhtm shtml",
    "application/xhtml+xml": "xhtml xht",
    "text/css": "css",
    "text/javascript": "js mjs cjs",
    "application/json": "json map topojson",
    "application/ld+json": "jsonld",
    "application/geo+json": "geojson",
    "application/manifest+json": "webmanifest",
    "application/xml": "xml xsl xslt xsd dtd imsmanifest",
    "text/plain": "txt text log ini md crs au des cst ort",
    "text/csv": "csv",
    "text/vtt; charset=utf-8": "vtt",
    "application/x-subrip": "srt",
    "application/ttml+xml": "ttml dfxp",
    "text/calendar": "ics",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/x-icon": "ico cur",
    "font/woff2": "woff2",
    "font/woff": "woff",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
    "application/vnd.ms-fontobject": "eot",
    "audio/mpeg": "mp3 mpga",
    "audio/mp4": "m4a m4b",
    "audio/aac": "aac",
    "audio/ogg": "oga ogg opus",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/webm": "weba",
    "audio/midi": "mid midi",
    "audio/x-ms-wma": "wma",
    "video/mp4": "mp4 m4v f4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov qt",
    "video/mpeg": "mpeg mpg",
    "video/mp2t": "ts",
    "video/x-msvideo": "avi",
    "video/x-ms-wmv": "wmv",
    "video/x-flv": "flv",
    "video/3gpp": "3gp",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/dash+xml": "mpd",
    "application/wasm": "wasm",
    "application/x-shockwave-flash": "swf",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/epub+zip": "epub",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/x-7z-compressed": "7z",
    "application/vnd.rar": "rar",
    "application/msword": "doc dot",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-powerpoint": "ppt pps",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx ppsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "model/gltf-binary": "glb",
    "model/gltf+json": "gltf",
    "model/obj": "obj",
    "model/stl": "stl",
}
CONTENT_TYPES = {extension: kind for kind, extensions in _TYPES.items() for extension in extensions.split()}
UNKNOWN = "application/octet-stream"
_COMPRESS_WELL = frozenset(
    {
        "application/json",
        "application/xml",
        "application/wasm",
        "application/x-subrip",
        "application/rtf",
        "application/vnd.apple.mpegurl",
        "application/vnd.ms-fontobject",
        "font/ttf",
        "font/otf",
        "image/bmp",
        "image/x-icon",
        "model/obj",
    }
)


def content_type(path: str) -> str:
    """Return the media type of a file by the ending of its name."""
    return CONTENT_TYPES.get(path.rpartition(".")[2].lower(), UNKNOWN) if "." in path else UNKNOWN


def compresses_well(kind: str) -> bool:
    """Tell whether files of a media type are worth sending compressed."""
    return kind.startswith("text/") or kind.endswith(("+xml", "+json")) or kind in _COMPRESS_WELL


def accepts_gzip(header: bytes) -> bool:
    """Tell whether a client takes gzip. [RFC 9110 12.5.3]"""
    if b"gzip" not in header and b"*" not in header:
        return False
    weights: dict[bytes, float] = {}
    for one in header.lower().split(b","):
        name, _, parameter = one.partition(b";")
        weights[name.strip()] = _weight(parameter)
    return weights.get(b"gzip", weights.get(b"x-gzip", weights.get(b"*", 0.0))) > 0


def _weight(parameter: bytes) -> float:
    name, _, value = parameter.partition(b"=")
    if name.strip() != b"q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

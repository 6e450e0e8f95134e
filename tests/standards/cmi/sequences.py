"""Random sequences of calls, with enough sense in them to get past the first rule. Seeded by the caller."""

from random import Random

from courseway.standards.cmi import SCORM_12, SCORM_2004
from courseway.standards.cmi.elements import Model

WORDS = (
    "", " ", "x", "a", "b", "a b", "true", "false", "t", "0", "1", "-1", "0.5", "1.5", "100", "101", "-.5", "5.", ".", "-", "NaN", "1e3",
    "passed", "completed", "failed", "incomplete", "browsed", "not attempted", "unknown", "correct", "wrong", "incorrect",
    "suspend", "normal", "time-out", "logout", "continue", "{target=a}choice", "{target=}jump", "_none_", "suspendAll",
    "PT1H", "PT1.5S", "P1Y2M3DT4H5M6.78S", "P", "PT", "0001:02:03", "00:00:00.5", "12:60:00", "23:59:59.99",
    "2026", "2026-11-23T18:20:22.5Z", "2026-02-30", "2026-13", "en", "en-US", "xx", "i-x", "{lang=en}hello", "{lang=}x", "{lang=zz}x", "{lang=en",
    "urn:", "urn:a:b", "URN:x:\u2028", "http://e.x/?a=b#c", "100%", "%20", "Ünï", "😀", "😀" * 260, "z" * 260, "z" * 4100, "y" * 64010,
    "a[,]b", "a[,]a", "[,]", "a[.]1", "a[.]1[,]b[.]2", "[.]x", "x[.]", "[.]", "1[:]2", "2[:]1", "[:]", "[:]3", "3[:]",
    "{case_matters=true}a", "{order_matters=false}{case_matters=true}a[,]b", "{case_matters=x}a", "{order_matters=true}a[.]1", "{case_matters=true",
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other",
    "\n", "a\nb", "\u0000", "constructor", "__proto__", "\ud83d", "\ude00" * 300, "a\ud83d", "é" * 251, "😀" * 1001, "٣", "１", "\u00a0", "\ufeff", "\u2028",
    "-0", "+1", "00", "1.0000001", "-1.0000001", "0.00000000001", "9" * 400, "-" + "9" * 400, "0x1", "1 ", "Infinity", "1_0",
    "PT0S", "P0Y", "PT0.10S", "PT1.555S", "P1W", "-PT1S", "PT1H1H", "P" + "9" * 30 + "Y", "9999:99:99.99", "99999:00:00", "0001:02:03.123",
    "1970", "2038-12-31", "2026-11-23T18", "2026-11-23T18:20Z", "2026-11-23T18:20:22+01:00", "2026-11-23T18:20:22.55+01:30", "2024-02-29", "0000",
    "{lang=en-GB-oed}x", "{lang=i}x", "{lang=EN}", "{Lang=en}x", "{lang=en}" + "l" * 260, "zh-min-nan", "en-", "-", "urn:isbn:1", "urn:-a:b", "a%zz", "a%2", "[", "a{b}",
    "a[,]b[,]a", "[,]a", "a[.]b[.]c", "a[,]", "true[,]false", "a[.]1[,]", "{order_matters=true}{order_matters=true}a", "{case_matters=truex", "{case_matters=false}{lang=zz}a",
    "1[:]1", "-1[:]-2", "1[:]2[:]3", "5[,]6", "{target=a}continue", "{target=a}{target=b}choice", "{target=a}jump", "abandonAll", "exitAll", "Continue",
)  # fmt: skip
NAMES = (
    "",
    "cmi",
    "cmi.",
    ".cmi",
    "cmi..location",
    "cmi.n.id",
    "cmi.objectives.n.id",
    "constructor",
    "__proto__",
    "cmi.__proto__",
    "cmi.objectives.__proto__.id",
    "cmi.constructor.prototype",
    "adl",
    "adl.nav",
    "adl.data.0._access",
    "_children",
    "cmi._children",
    "cmi.0",
    "0.cmi",
    "cmi.location.",
    "cmi.Location",
    "cmi.location ",
    "cmi.score.0.raw",
    "adl.nav.request_valid.choice.{target=",
    "adl.nav.request_valid.choice.a",
    "adl.nav.request_valid.choice.{target=a}.x",
    "cmi.core.lesson_status",
    "cmi.completion_status",
    "cmi." + "x" * 300,
    "cmi.😀" * 80,
    "\ud83d",
)
INDEXES = (
    *(
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "1",
        "1",
        "1",
        "2",
        "3",
        "00",
        "01",
        "-1",
        "+1",
        "n",
        "x",
        "",
        " 0",
        "0.0",
        "1e0",
        "٣",
    ),
    *("249", "250", "999", "1000", "9999", "10000", "99999999", "999999999", "1000000000", "999999999999"),
)
KEYWORDS = ("_children", "_count", "_version")


def random_name(random: Random, model: Model) -> str:
    """Return the name of an element, mostly one there is."""
    if random.random() < 0.04:
        return random.choice(NAMES)
    parts = random.choice(list(model.elements)).split(".")
    parts = [random.choice(INDEXES) if part == "n" else part for part in parts]
    roll = random.random()
    if roll < 0.08:
        parts[random.randrange(len(parts)) :] = [random.choice(KEYWORDS)]
    elif roll < 0.10:
        parts.append(random.choice(KEYWORDS))
    elif roll < 0.12:
        parts.pop()
    elif roll < 0.15 and parts[-1] in ("choice", "jump"):
        parts.append(
            random.choice(("{target=a}", "{target=a}", "{target=b}", "{target=}", "{target=a.0.b}", "{target=a"))
        )
    return ".".join(parts)


def fitting_value(random: Random, model: Model, name: str) -> str:
    """Return a value, often one the element takes."""
    generic = ".".join("n" if part.isdigit() else part for part in name.split("."))
    element = model.elements.get(generic)
    words = model.formats[element.format].words if element is not None else ()
    if words and random.random() < 0.6:
        return random.choice(words)
    if name.endswith(".id") and random.random() < 0.7:
        return random.choice("abcdef")
    return random.choice(WORDS)


def opening(model: Model) -> list[list[str]]:
    """Return calls after which most rules about entries can be reached."""
    if model is SCORM_12:
        return [
            ["LMSInitialize", ""],
            ["LMSSetValue", "cmi.objectives.0.id", "a"],
            ["LMSSetValue", "cmi.interactions.0.type", "numeric"],
        ]
    return [
        ["Initialize", ""],
        ["SetValue", "cmi.objectives.0.id", "a"],
        ["SetValue", "cmi.interactions.0.id", "a"],
        ["SetValue", "cmi.interactions.0.type", "choice"],
    ]


def random_calls(random: Random, model: Model, length: int) -> list[list[str]]:
    """Return the calls of one session: a method and its arguments each."""
    prefix = "LMS" if model is SCORM_12 else ""
    calls = opening(model) if random.random() < 0.95 else []
    for _ in range(length):
        name = random_name(random, model)
        roll = random.random()
        if roll < 0.55:
            calls.append([prefix + "SetValue", name, fitting_value(random, model, name)])
        elif roll < 0.95:
            calls.append([prefix + "GetValue", name])
        elif roll < 0.98:
            calls.append(
                [
                    prefix + random.choice(("GetErrorString", "GetDiagnostic")),
                    random.choice(("", "0", "201", "405", "x", "__proto__", "0405", "4" * 300)),
                ]
            )
        else:
            ending = "Finish" if model is SCORM_12 else "Terminate"
            calls.append(
                [
                    prefix + random.choice(("Initialize", "Commit", "Commit", ending)),
                    random.choice(("", "", "", "x", " ", "y" * 60)),
                ]
            )
    return calls


def random_values(random: Random, model: Model) -> dict[str, str]:
    """Return the values a session starts with."""
    values = {"cmi.core.student_id": "s"} if model is SCORM_12 else _values_2004(random)
    for collection, most in model.collections.items():
        if most and random.random() < 0.3:
            name = collection.replace(".n.", ".0.")
            values[f"{name}._count"] = str(random.choice((1, 2, 3, most - 1, most)))
    return values


def _values_2004(random: Random) -> dict[str, str]:
    values = {"cmi.learner_id": "s", "adl.data.0.id": "t", "adl.data.0._access": random.choice(("", "r", "w", "rw"))}
    if random.random() < 0.3:
        values |= {"adl.data.1.id": "u", "adl.data.1._access": "rw", "adl.data.1.store": random.choice(("", "kept"))}
    if random.random() < 0.2:
        values |= {"cmi.comments_from_lms.0.comment": "{lang=en}Hello", "cmi.comments_from_lms.0.location": ""}
    if random.random() < 0.5:
        values |= {"cmi.completion_threshold": "0.5", "cmi.scaled_passing_score": "0.5"}
    if random.random() < 0.5:
        values |= {
            "cmi.objectives.0.id": "a",
            "cmi.objectives.1.id": "b",
            "adl.nav.request_valid.choice.{target=a}": "true",
            "adl.nav.request_valid.jump.{target=a.0.b}": "true",
        }
    return values


MODELS = (SCORM_12, SCORM_2004)

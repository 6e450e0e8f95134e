"""What may be said about a course, and which courses can be played."""

from datetime import datetime

import msgspec

from courseway.courses.model.values import Course, CourseChanges
from courseway.errors import Invalid
from courseway.standards.manifests.structure import Standard

TITLE_LENGTH, DESCRIPTION_LENGTH, TAG_LENGTH, MOST_TAGS = 300, 5000, 60, 50
SETTINGS_BYTES = 8 * 1024
PLAYABLE = frozenset({Standard.SCORM_12, Standard.SCORM_2004})


def is_playable(standard: Standard) -> bool:
    """Tell whether courses of a standard can be played here already."""
    return standard in PLAYABLE


def changed_course(course: Course, changes: CourseChanges, now: datetime) -> Course:
    """Return the course with its changes applied; Invalid when they cannot be."""
    title = course.title if changes.title is None else " ".join(changes.title.split())
    if not title or len(title) > TITLE_LENGTH:
        raise Invalid(f"A title has 1 to {TITLE_LENGTH} characters.")
    description = course.description if changes.description is None else changes.description.strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise Invalid(f"A description has at most {DESCRIPTION_LENGTH} characters.")
    settings = course.player_settings if changes.player_settings is None else changes.player_settings
    if len(msgspec.json.encode(settings)) > SETTINGS_BYTES:
        raise Invalid(f"Player settings have at most {SETTINGS_BYTES} bytes.")
    return msgspec.structs.replace(
        course,
        title=title,
        description=description,
        tags=course.tags if changes.tags is None else clean_tags(changes.tags),
        player_settings=settings,
        updated_at=now,
    )


def clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags trimmed and without repetition; Invalid when there are too many or one is too long."""
    cleaned = tuple(dict.fromkeys(tag for tag in (" ".join(tag.split()) for tag in tags) if tag))
    if len(cleaned) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in cleaned):
        raise Invalid(f"A course has at most {MOST_TAGS} tags of at most {TAG_LENGTH} characters.")
    return cleaned

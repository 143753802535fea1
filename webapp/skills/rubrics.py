"""Writing rubrics: a published one is taken up, an own one is written, and a change is a new version."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from webapp.accounts.actors import Actor
from webapp.audit.actions import Action
from webapp.audit.services import audit_record
from webapp.lib.errors import Conflict, InvalidInput, NotFound
from webapp.skills.models import Rubric, RubricItem
from webapp.skills.permissions import require_keeper
from webapp.skills.published import PUBLISHED
from webapp.videos.names import clean_text

MAX_ITEMS = 20
Scores = dict[str, int]


@transaction.atomic
def rubric_adopt(*, actor: Actor, slug: str) -> Rubric:
    """The hospital's copy of a published instrument, made at the first time."""
    require_keeper(actor)
    published = PUBLISHED.get(slug)
    if published is None:
        raise NotFound("There is no published rubric of that name.")
    known = Rubric.objects.filter(hospital=actor.member.hospital, slug=slug).order_by("-version").first()
    if known is not None:
        return known
    rubric = Rubric.objects.create(
        hospital=actor.member.hospital,
        slug=slug,
        name=published.name,
        source=published.source,
        score_min=published.score_min,
        score_max=published.score_max,
        created_by=actor.person,
    )
    _add_items(rubric, [{**_words(item), "key": item.key} for item in published.items])
    return _recorded(Action.RUBRIC_ADD, rubric, actor=actor)


@transaction.atomic
def rubric_create(*, actor: Actor, name: str, items: Sequence[Mapping[str, str]]) -> Rubric:
    """One of the hospital's own. Raises InvalidInput for one without a name or items, Conflict for a known name."""
    require_keeper(actor)
    name = clean_text(name)[:120]
    slug = slugify(name)[:60] or "rubric"
    if not name:
        raise InvalidInput("Give the rubric a name.", code="rubric_name_empty")
    if slug in PUBLISHED or Rubric.objects.filter(hospital=actor.member.hospital, slug=slug).exists():
        raise Conflict(f"There is already a rubric called {name}.", code="rubric_exists")
    rubric = Rubric.objects.create(hospital=actor.member.hospital, slug=slug, name=name, created_by=actor.person)
    _add_items(rubric, _clean_items(items))
    return _recorded(Action.RUBRIC_ADD, rubric, actor=actor)


@transaction.atomic
def rubric_revise(*, actor: Actor, rubric: Rubric, items: Sequence[Mapping[str, str]]) -> Rubric:
    """The next version. Reports, references and scorers stay under theirs. Raises Conflict for a published one."""
    require_keeper(actor)
    if rubric.source:
        raise Conflict("A published instrument is not changed. Write a rubric of your own.", code="rubric_published")
    newest = Rubric.objects.select_for_update().filter(hospital=rubric.hospital, slug=rubric.slug).first()
    version = (newest or rubric).version + 1
    revised = Rubric.objects.create(
        hospital=rubric.hospital,
        slug=rubric.slug,
        name=rubric.name,
        version=version,
        score_min=rubric.score_min,
        score_max=rubric.score_max,
        created_by=actor.person,
    )
    _add_items(revised, _clean_items(items))
    return _recorded(Action.RUBRIC_REVISE, revised, actor=actor)


def clean_scores(rubric: Rubric, given: Mapping[str, Any], *, need_all: bool = True) -> Scores:
    """A whole score of the scale for each item, by key. Raises InvalidInput with the item's name."""
    scores: Scores = {}
    for item in rubric.items.all():
        text = str(given.get(item.key, "")).strip()
        if not text and not need_all:
            continue
        if not (text.isascii() and text.isdigit() and rubric.score_min <= int(text) <= rubric.score_max):
            raise InvalidInput(
                f"Give “{item.name}” a score from {rubric.score_min} to {rubric.score_max}.", code="score_missing"
            )
        scores[item.key] = int(text)
    return scores


def _words(item: Any) -> dict[str, str]:
    return {name: getattr(item, name) for name in ("name", "description", "low", "high")}


def _clean_items(items: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    cleaned: list[dict[str, str]] = []
    keys: set[str] = set()
    for fields in items:
        name = clean_text(fields.get("name", ""))[:120]
        if not name:
            continue
        key = slugify(name)[:60] or f"item-{len(cleaned) + 1}"
        if key in keys:
            raise InvalidInput(f"“{name}” is there twice.", code="item_twice")
        keys.add(key)
        words = {part: clean_text(fields.get(part, ""))[:200] for part in ("description", "low", "high")}
        cleaned.append({"key": key, "name": name, **words})
    if not 1 <= len(cleaned) <= MAX_ITEMS:
        raise InvalidInput(f"A rubric has 1 to {MAX_ITEMS} items.", code="items_missing")
    return cleaned


def _add_items(rubric: Rubric, items: Sequence[Mapping[str, str]]) -> None:
    RubricItem.objects.bulk_create(RubricItem(rubric=rubric, index=index, **item) for index, item in enumerate(items))


def _recorded(action: Action, rubric: Rubric, *, actor: Actor) -> Rubric:
    audit_record(
        action=action,
        actor=actor,
        hospital=rubric.hospital,
        object_type="rubric",
        object_id=str(rubric.pk),
        detail={"version": rubric.version},
    )
    return rubric

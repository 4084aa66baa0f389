"""Finds Instagram downloads among paths: where one begins, which files belong to it, which zips are parts of one.

The layout moved several times; only `messages/<box>/<thread>/message_N.json` stayed. Before December 2020 there was
one `messages.json` at the root (michabirklbauer/instagram_json_viewer, docs/README.md). Wrapper folders come and go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P")

BOXES = "inbox|message_requests|filtered_threads|archived_threads|broadcast|ai_conversations"
MESSAGES = re.compile(
    rf"(?:^|.*/)(?:(?:messages/)(?P<box>[^/]+)|(?P<bare>{BOXES}))/(?P<thread>[^/]+)/message_(?P<part>\d+)\.(?P<ext>json|html)"
)
# the folders at the root of a download, of every era
_TOP = (
    "your_instagram_activity|personal_information|account_information|connections|ads_information|ads_and_topics|"
    "logged_information|preferences|security_and_login_information|login_and_account_creation|media|content|files|"
    "apps_and_websites_off_of_instagram|your_activity_across_facebook|messages|comments|likes|stories|saved|contacts|"
    "followers_and_following|past_instagram_insights|recent_searches|monetization|your_topics|ai_conversations"
)
_INSIDE = re.compile(rf"(?:{_TOP})/.+")
_ROOT = re.compile(
    r"(?P<root>(?:.*?/)??)(?:your_instagram_activity/|personal_information/|connections/followers_and_following/|"
    rf"messages/[^/]+/[^/]+/message_\d+\.|(?:{BOXES})/[^/]+/message_\d+\.)"
)
_OLD_SIBLINGS = {"profile.json", "media.json", "connections.json", "likes.json", "comments.json", "settings.json"}
_NOT_OURS = (".csv", ".tsv", ".ics", ".jsonl", ".ndjson", ".zip")  # no Instagram download holds such files
_DATED = re.compile(r"(?P<user>instagram-.+-\d{4}-\d{2}-\d{2})-\w{6,12}", re.IGNORECASE)
_PART = re.compile(r"(?:[-_ .]*part)?[-_ .]*\(?\d+\)?$", re.IGNORECASE)
_ENDS_IN_DATE = re.compile(r"(?:\d{4}-\d{2}-\d{2}|\d{8})$")


@dataclass(frozen=True, slots=True)
class Tree(Generic[P]):
    """One Instagram download, or one part of it; `P` is where the bytes of a file are."""

    name: str  # of the zip or folder
    places: dict[str, P]  # JSON files (and HTML threads) by path below the root

    @property
    def has_threads(self) -> bool:
        """Whether conversations are in this part."""
        return any(MESSAGES.fullmatch(p) or p == "messages.json" for p in self.places)


def box_of(path: str) -> str:
    """The box a thread file lies in (`inbox`, `message_requests`, `broadcast`, ...); empty for other files."""
    match = MESSAGES.fullmatch(path)
    return (match["box"] or match["bare"]) if match else ""


def split(places: dict[str, P], container: str = "") -> tuple[list[Tree[P]], dict[str, P]]:
    """Instagram trees among paths, and all other paths. `container` is the zip's name, empty for exports/ itself."""
    starts = {m["root"] for p in places if (m := _ROOT.match(p))} | _old_roots(places)
    roots = sorted(starts, key=lambda r: (-len(r), r))  # the deepest first: it claims its files before those above
    roots = [r for r in roots if not any(r != o and r.startswith(o) and _INSIDE.match(r[len(o) :]) for o in roots)]
    found: dict[str, dict[str, P]] = {root: {} for root in roots}
    others: dict[str, P] = {}
    for path, place in places.items():
        root = next((r for r in roots if path.startswith(r) and _belongs(path[len(r) :], r, container)), None)
        if root is None:
            others[path] = place
        elif path.endswith(".json") or MESSAGES.fullmatch(path):
            found[root][path[len(root) :]] = place
    trees = [Tree(_tree_name(container, root, inner, len(roots)), inner) for root, inner in found.items() if inner]
    return sorted(trees, key=lambda t: t.name), others


def join(trees: list[Tree[P]]) -> list[Tree[P]]:
    """Parts of one download put together: names that differ only in a part number, and no JSON file twice.

    A part without conversations (profile, followers) joins the only download beside it that has some.
    """
    groups: dict[tuple[str, str], list[Tree[P]]] = defaultdict(list)
    for tree in sorted(trees, key=lambda t: t.name):
        group = groups[_part_key(tree.name)]
        fits = group and not any(set(tree.places) & set(t.places) for t in group)
        if group and not fits:
            groups[(tree.name, "")].append(tree)  # a download of its own
        else:
            group.append(tree)
    joined = [_merged(group) for group in groups.values()]
    return sorted(_with_profiles(joined), key=lambda t: t.name)


def _with_profiles(trees: list[Tree[P]]) -> list[Tree[P]]:
    whole: list[Tree[P]] = []
    for folder in sorted({_folder(t.name) for t in trees}):
        here = [t for t in trees if _folder(t.name) == folder]
        threads = [t for t in here if t.has_threads]
        rest = [t for t in here if not t.has_threads]
        if len(threads) == 1 and not any(set(threads[0].places) & set(r.places) for r in rest):
            whole.append(_merged([*threads, *rest]))
        else:
            whole += here
    return whole


def _merged(parts: list[Tree[P]]) -> Tree[P]:
    places: dict[str, P] = {}
    for part in parts:
        places |= part.places
    return Tree(" + ".join(sorted({p.name for p in parts})), places)


def _old_roots(places: dict[str, P]) -> set[str]:
    """Folders with a messages.json beside other files of a download of 2018 to 2020."""
    roots = {p.removesuffix("messages.json") for p in places if p == "messages.json" or p.endswith("/messages.json")}
    return {r for r in roots if any(r + sibling in places for sibling in _OLD_SIBLINGS)}


def _belongs(path: str, root: str, container: str) -> bool:
    """Whether a path below a root is part of the download. Tables a person put beside it are not.

    In exports/ itself only the known folders belong; a zip or a folder of its own belongs whole.
    """
    if path.lower().endswith(_NOT_OURS):
        return False
    return bool(root or container) or bool(_INSIDE.match(path)) or path in _OLD_SIBLINGS or path == "messages.json"


def _tree_name(container: str, root: str, inner: dict[str, P], roots: int) -> str:
    if container:
        return container if roots == 1 else f"{container}!{root.rstrip('/')}"
    return root.rstrip("/") or min(inner, key=lambda p: (not MESSAGES.fullmatch(p), p)).split("/")[0]


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _part_key(name: str) -> tuple[str, str]:
    """Folder and name without what tells the parts of one download apart."""
    folder, _, last = name.rpartition("/")
    stem = last.removesuffix(".zip").removesuffix(".ZIP")
    if dated := _DATED.fullmatch(stem):
        return folder, dated["user"].lower()
    return folder, (stem if _ENDS_IN_DATE.search(stem) else _PART.sub("", stem) or stem).lower()

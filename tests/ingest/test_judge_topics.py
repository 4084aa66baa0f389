"""What a text is about: by words and beginnings of words, in the language that most of its words belong to."""

from __future__ import annotations

import pytest

from ingest.judge.facts import SURELY
from ingest.judge.rules import knowledge
from ingest.judge.topics import Topics, about, topics
from ingest.judge.words import read
from ingest.seeds import read_seed

ROWS = [
    {"topic": "money", "language": "en", "words": "price afford* rent"},
    {"topic": "danger", "language": "en", "words": "die"},
    {"topic": "hours", "language": "de", "words": "schicht* zeit"},
    {"topic": "money", "language": "de", "words": "miete"},
]


@pytest.fixture
def known() -> Topics:
    return topics(ROWS)


def names(known: Topics, text: str) -> set[str]:
    return {name for name, _ in about(known, read(text).tokens).facts}


def test_a_word_and_any_ending_of_a_beginning_tell_the_topic(known: Topics) -> None:
    assert names(known, "what's the price?") == {"topic:money"}
    assert names(known, "not affordable") == {"topic:money"}
    assert names(known, "a priceless view") == set()


def test_several_words_of_a_topic_are_counted_up_to_three(known: Topics) -> None:
    assert names(known, "the price and the rent") == {"topic:money", "topic:money>1"}
    assert names(known, "price rent afford affordable") == {"topic:money", "topic:money>1", "topic:money>2"}


def test_a_word_counts_in_the_language_of_the_other_words_alone(known: Topics) -> None:
    assert names(known, "ob die Zeit für die Schichten reicht") == {"topic:hours", "topic:hours>1"}
    assert names(known, "I don't want to die") == {"topic:danger"}


def test_every_fact_is_without_doubt(known: Topics) -> None:
    assert {value for _, value in about(known, ("price",)).facts} == {SURELY}


def test_what_was_found_once_is_the_same_group(known: Topics) -> None:
    assert about(known, ("price",)) is about(known, ("rent", "hello"))


def test_the_seed_is_in_the_form_in_which_messages_are_compared() -> None:
    rows = read_seed("topic_words")
    assert len({(row["topic"], row["language"]) for row in rows}) == len(rows)
    unfolded = [w for row in rows for w in row["words"].split() if read(w.rstrip("*")).tokens != (w.rstrip("*"),)]
    assert not unfolded
    assert {"money", "hours", "trust", "refuse", "later", "client", "seller"} <= {row["topic"] for row in rows}


def test_texts_in_several_languages_are_about_the_same() -> None:
    known = knowledge().topics
    for text in (
        "I can't afford it",
        "das ist mir zu teuer",
        "es muy caro para mí",
        "c'est trop cher",
        "è troppo caro",
    ):
        assert "topic:money" in names(known, text), text

"""Public error codes and the one line that a user's error is."""

from __future__ import annotations

import pickle

import pytest

from ingest.errors import Code, ExportError, UserError, shown


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_sentence_that_says_what_it_means(code: Code) -> None:
    assert code.meaning.endswith(".") and "\n" not in code.meaning
    assert code == code.value == code.name


def test_an_error_is_one_line_of_what_where_and_what_to_do() -> None:
    error = ExportError(Code.E_ZIP_BAD, "the zip is cut short", "a\nb.zip", "Download it again")
    assert str(error) == "E_ZIP_BAD: the zip is cut short in a\\nb.zip. Download it again"


def test_an_error_survives_the_way_out_of_a_child_process() -> None:
    error = pickle.loads(pickle.dumps(UserError(Code.E_IO, "what", "where", "fix")))
    assert (error.code, error.what, error.where, error.what_to_do) == (Code.E_IO, "what", "where", "fix")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plain é 🙂.csv", "plain é 🙂.csv"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("right\u202eleft", "right\\u202eleft"),
        ("half \ud83d", "half \\ud83d"),
        ("x" * 500, "x" * 200 + "…"),
    ],
    ids=["plain", "terminal escape", "bidi", "surrogate", "long"],
)
def test_foreign_names_are_shown_safely(name: str, safe: str) -> None:
    assert shown(name) == safe

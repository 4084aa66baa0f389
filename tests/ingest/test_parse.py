from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import parse
from ingest.errors import Code
from ingest.parse import Unreadable

CALM = settings(deadline=None, derandomize=True)
LONDON, NEW_YORK = "Europe/London", "America/New_York"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("2026-09-19T19:41:08Z", LONDON, "2026-09-19T19:41:08"),
        ("2026-01-01T10:00:00+05:30", LONDON, "2026-01-01T04:30"),
        ("2026-01-01 10:00:00 -0500", LONDON, "2026-01-01T15:00"),
        ("2023-11-11 08:18:16.519000 UTC", NEW_YORK, "2023-11-11T08:18:16.519"),
        ("2026-07-01", LONDON, "2026-06-30T23:00"),
        ("2026-07-01 12:30", LONDON, "2026-07-01T11:30"),
        ("2026-07-01 12:30:05", NEW_YORK, "2026-07-01T16:30:05"),
        ("2025-03-03 11:00 am", "UTC", "2025-03-03T11:00"),
        ("2025-03-03 12:05 am", "UTC", "2025-03-03T00:05"),
        ("2025-03-03 12:05 PM", "UTC", "2025-03-03T12:05"),
        ("2026/03/04 10:00", "UTC", "2026-03-04T10:00"),
        ("20260304", "UTC", "2026-03-04T00:00"),
        ("Sep 25, 2026 10:00 AM", "UTC", "2026-09-25T10:00"),
        ("2nd Sept 2026", "UTC", "2026-09-02T00:00"),
        ("25 December 2026 at 18:30", "UTC", "2026-12-25T18:30"),
        ("46057,56185", "UTC", "2026-02-04T13:29:04"),
        ("46057.56185", NEW_YORK, "2026-02-04T18:29:04"),
        ("46057", "UTC", "2026-02-04T00:00"),
        ("1790666427", NEW_YORK, "2026-09-29T07:20:27"),
        ("1790666427000", NEW_YORK, "2026-09-29T07:20:27"),
        ("1790666427000123", NEW_YORK, "2026-09-29T07:20:27.000123"),
        ("25/06/2026", "UTC", "2026-06-25T00:00"),
        ("06/25/2026 1:30 pm", "UTC", "2026-06-25T13:30"),
        ("04/04/2026", "UTC", "2026-04-04T00:00"),
    ],
)
def test_times_that_can_be_read_one_way_only(text: str, zone: str, at: str) -> None:
    assert parse.moment(text, zone) == parse.Moment(utc(at))


@pytest.mark.parametrize(
    ("text", "code", "is_text"),
    [
        ("03/04/2026", Code.E_DATE_ORDER, False),
        ("3.4.2026 10:00", Code.E_DATE_ORDER, False),
        ("03/04/26", Code.E_TIME, False),
        ("2026-02-30", Code.E_TIME, False),
        ("31/02/2026", Code.E_TIME, False),
        ("2026-09-20T25:00", Code.E_TIME, False),
        ("2026-09-20 13:00 pm", Code.E_TIME, False),
        ("2026-03/04", Code.E_TIME, False),
        ("1899-12-30", Code.E_TIME, False),
        ("9999-12-31 23:59:59", Code.E_TIME, False),
        ("0001-01-01T00:00:00+14:00", Code.E_TIME, False),
        ("12", Code.E_TIME, False),
        ("170000000000", Code.E_TIME, False),
        ("after the summer", Code.E_TIME, True),
        ("tomorrow", Code.E_TIME, True),
        ("2026-01-01T10:00 EST", Code.E_TIME, False),
    ],
)
def test_times_that_cannot_be_read_are_refused(text: str, code: Code, is_text: bool) -> None:
    with pytest.raises(Unreadable) as refused:
        parse.moment(text, LONDON)
    assert (refused.value.code, refused.value.is_text) == (code, is_text)
    assert text not in refused.value.reason


@pytest.mark.parametrize(
    ("text", "date_format", "at"),
    [
        ("03/04/2026", "%d/%m/%Y", "2026-04-03T00:00"),
        ("03/04/2026", "%m/%d/%Y", "2026-03-04T00:00"),
        ("03/04/2026 14:30", "%d/%m/%Y", "2026-04-03T14:30"),
        ("03/04/2026 02:30 pm", "%d/%m/%Y", "2026-04-03T14:30"),
        ("3.4.26", "%d.%m.%y", "2026-04-03T00:00"),
        ("2026-04-03", "%d/%m/%Y", "2026-04-03T00:00"),
        ("2026-03-04", "%Y-%d-%m", "2026-04-03T00:00"),
        ("2026-03-04 10:00:00", "%Y-%d-%m", "2026-04-03T10:00"),
    ],
)
def test_a_given_format_decides(text: str, date_format: str, at: str) -> None:
    assert parse.moment(text, "UTC", date_format).at == utc(at)


def test_a_given_format_does_not_let_another_order_through() -> None:
    with pytest.raises(Unreadable):
        parse.moment("25/12/2026", "UTC", "%m/%d/%Y")


@pytest.mark.parametrize(("order", "at"), [("dmy", "2026-04-03"), ("mdy", "2026-03-04")])
def test_the_order_of_the_column_decides(order: parse.Order, at: str) -> None:
    assert parse.moment("03/04/2026", "UTC", order=order).at == utc(at)


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("25/06/2026", "dmy"),
        ("06/25/2026 10:00", "mdy"),
        ("03.04.2026", "either"),
        ("04/04/2026", None),
        ("2026-03-04", None),
        ("words", None),
        ("32/13/2026", "either"),
    ],
)
def test_what_a_date_proves_about_its_column(text: str, proof: str | None) -> None:
    assert parse.date_order(text) == proof


def test_the_hour_that_is_there_twice_is_the_first_and_flagged() -> None:
    assert parse.moment("2026-11-01 01:30", NEW_YORK) == parse.Moment(utc("2026-11-01T05:30"), "dst_ambiguous")


def test_the_hour_that_is_skipped_is_flagged() -> None:
    assert parse.moment("2026-03-08 02:30", NEW_YORK) == parse.Moment(utc("2026-03-08T07:30"), "dst_gap")


@CALM
@given(
    st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2099, 12, 30), timezones=st.just(dt.UTC)),
    st.sampled_from([LONDON, NEW_YORK, "Asia/Kolkata", "UTC"]),
)
def test_a_time_written_with_its_offset_comes_back_whatever_the_account_zone(at: dt.datetime, zone: str) -> None:
    written = at.astimezone(ZoneInfo("Asia/Kolkata")).isoformat()
    assert parse.moment(written, zone) == parse.Moment(at)


@CALM
@given(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2099, 12, 30)), st.sampled_from([LONDON, NEW_YORK, "UTC"]))
def test_a_local_time_comes_back_as_itself_unless_flagged(local: dt.datetime, zone: str) -> None:
    found = parse.in_zone(local, zone)
    back = found.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert (back == local) is (found.trouble != "dst_gap")


@CALM
@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_any_text_is_read_or_refused_by_every_parser(text: str) -> None:
    readers = (
        lambda t: parse.moment(t, LONDON),
        lambda t: parse.moment(t, LONDON, "%d/%m/%Y"),
        parse.money,
        parse.boolean,
        parse.email,
        parse.phone,
        parse.handle,
    )
    for reader in readers:
        try:
            reader(text)
        except Unreadable as error:
            assert error.reason


@pytest.mark.parametrize(
    ("text", "decimal", "amount", "currency"),
    [
        ("$1,200.00", None, "1200.00", None),
        ("1.234,56", None, "1234.56", None),
        ("1.234,56 €", ",", "1234.56", "EUR"),
        ("€ 1 450", None, "1450.00", "EUR"),
        ("1\u00a0450,50\u00a0€", ",", "1450.50", "EUR"),
        ("R$ 2.400,50", None, "2400.50", "BRL"),
        ("US$ 40", None, "40.00", "USD"),
        ("GBP 99", None, "99.00", "GBP"),
        ("99 EUR", None, "99.00", "EUR"),
        ("1'200.50", None, "1200.50", None),
        ("1,200", ".", "1200.00", None),
        ("1.200", ",", "1200.00", None),
        ("1.200.000", None, "1200000.00", None),
        ("117.0", None, "117.00", None),
        ("12,5", None, "12.50", None),
        ("(50)", None, "-50.00", None),
        ("-£3.50", None, "-3.50", "GBP"),
        ("\u22123", None, "-3.00", None),
        ("0", None, "0.00", None),
    ],
)
def test_money(text: str, decimal: str | None, amount: str, currency: str | None) -> None:
    assert parse.money(text, decimal) == parse.Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("free", None),
        ("1,200", None),
        ("1.200", None),
        ("1.234,56", "."),
        ("1,2,3", None),
        ("1e5", None),
        ("10/2", None),
        ("£", None),
        ("--5", None),
        ("(50", None),
        ("(-5)", None),
        ("12 months", None),
        ("9" * 17, None),
    ],
)
def test_what_is_no_amount_or_two_amounts_is_refused(text: str, decimal: str | None) -> None:
    with pytest.raises(Unreadable) as refused:
        parse.money(text, decimal)
    assert refused.value.code is Code.E_MONEY


@CALM
@given(st.decimals(-10_000_000, 10_000_000, places=2))
def test_an_amount_written_either_way_is_the_same_decimal(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse.money(english, ".").amount == parse.money(german, ",").amount == amount


@pytest.mark.parametrize(
    ("text", "value"), [("Yes", True), ("TRUE", True), ("no", False), ("False", False), ("1", True)]
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert parse.boolean(text) is value


@pytest.mark.parametrize("text", ["T", "F", "maybe", "2"])
def test_what_is_neither_yes_nor_no_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse.boolean(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("Ada Wren <ada@example.com>", "ada@example.com"),
        ("ada+ig@mail.example.co.uk", "ada+ig@mail.example.co.uk"),
    ],
)
def test_email(text: str, address: str) -> None:
    assert parse.email(text) == address


@pytest.mark.parametrize("text", ["ada", "ada@example", "a@example.com, b@example.com", "@ada"])
def test_no_single_email_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse.email(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("+44 7700 900123", "+44 7700 900123"),
        ("0044 7700 900123", "0044 7700 900123"),
        ("'+14045550101", "+14045550101"),
        ('="0044770090012"', "0044770090012"),
        ("(404) 555-0101 ext 2", "(404) 555-0101 ext 2"),
    ],
)
def test_a_phone_is_kept_as_written(text: str, kept: str) -> None:
    assert parse.phone(text) == kept


def test_a_text_without_six_digits_is_no_phone() -> None:
    with pytest.raises(Unreadable):
        parse.phone("call me")


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@Ada.Wren", "ada.wren"),
        ("ada_wren", "ada_wren"),
        ("https://www.instagram.com/Ada.Wren/?hl=en", "ada.wren"),
        ("instagram.com/ada.wren", "ada.wren"),
        ("ig.me/m/ada.wren?ref=x", "ada.wren"),
        ("my handle is @ada.wren", "ada.wren"),
        ("oskarlindgren_", "oskarlindgren_"),
    ],
)
def test_handle(text: str, handle: str) -> None:
    assert parse.handle(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        *("I do not have one", "instagram.com/p/Cxyz", "@ada or @bo", "ada@example.com", "none", "N/A", "Instagram"),
        *("naïve", "a" * 31, "https://facebook.com/ada"),
    ],
)
def test_what_is_no_handle_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse.handle(text)

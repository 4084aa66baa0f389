"""Dates of the sample and plausible hours: people sleep, setters work days, machines answer at once."""

from __future__ import annotations

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_DAY = dt.date(2026, 8, 24)
WEEKS = 13
END = dt.datetime(2026, 11, 22, 23, 35, tzinfo=LONDON).astimezone(dt.UTC)
AS_OF = dt.datetime(2026, 11, 23, 0, 0, tzinfo=LONDON).astimezone(dt.UTC)

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
}


def local(at: dt.datetime) -> dt.datetime:
    """The same instant on the coach's clock."""
    return at.astimezone(LONDON)


def awake(at: dt.datetime, actor: str, rng: Random) -> dt.datetime:
    """The first instant from `at` on at which this actor would write."""
    if actor in ("auto", "ai"):
        return at
    here = local(at)
    low, high = (6.6, 23.4) if actor == "lead" else (8.2, 20.0)
    hour = here.hour + here.minute / 60
    if low <= hour < high:
        return at
    day = here.date() if hour < low else here.date() + dt.timedelta(days=1)
    morning = dt.datetime.combine(day, dt.time(int(low), int(low % 1 * 60)), tzinfo=LONDON)
    return (morning + dt.timedelta(minutes=rng.uniform(3, 150), seconds=rng.randrange(60))).astimezone(dt.UTC)


def call_slot(at: dt.datetime, rng: Random) -> dt.datetime:
    """A weekday slot of the coach's calendar near `at`."""
    day = local(at).date()
    while day.weekday() == 6:
        day += dt.timedelta(days=1)
    hour = rng.choice((8, 9, 10, 11, 12, 13, 15, 16, 17, 18))
    slot = dt.datetime.combine(day, dt.time(hour, rng.choice((0, 0, 30))), tzinfo=LONDON)
    return slot.astimezone(dt.UTC)


def say_date(day: dt.date, lang: str, american: bool = False) -> str:
    """A date as people of that language write it in a chat."""
    month = MONTHS[lang].split()[day.month - 1]
    if lang == "en":
        return f"{month} {day.day}" if american else f"{day.day} {month}"
    return {"de": f"{day.day}. {month}", "fr": f"{day.day} {month}", "it": f"{day.day} {month}"}.get(
        lang, f"{day.day} de {month}"
    )


def say_day(at: dt.datetime, lang: str) -> str:
    """The weekday of an instant on the coach's clock."""
    return DAYS[lang].split()[local(at).weekday()]

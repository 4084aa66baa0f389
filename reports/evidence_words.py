"""How the evidence for a stage is said in plain words."""

from __future__ import annotations

from typing import Final

SIGNAL_WORDS: Final = {
    "first_message": "the conversation began",
    "meaningful": "wrote something of their own",
    "problem": "said what they want help with",
    "goal": "said what they would like instead",
    "qualified": "said what they want and why now",
    "booking_link": "the booking link was sent",
    "proposes_time": "a time was proposed that is in the calendar",
    "booking_created": "a call is in the calendar",
    "call_held": "the call happened",
    "call_cancelled": "the call was cancelled",
    "no_show": "a no-show was marked",
    "reopened": "came back",
    "won": "became a client",
    "confirms_client": "was welcomed as a client",
    "client_since": "the CRM knows them as a client",
    "clear_no": "said no",
    "closes_file": "the team closed it",
    "not_now": "said not now",
    "wants_nothing_yet": "would rather keep reading for now",
    "wants_other_offer": "waits for another offer",
    "decision": "a person decided",
    "proposal": "a model proposed it, with their words",
}


def signal_words(signal: str) -> str:
    """A signal as it is said; one without words of its own by its name."""
    return SIGNAL_WORDS.get(signal, signal.replace("_", " "))

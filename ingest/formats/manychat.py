"""ManyChat: a dump of its subscribers, as a Google Sheet or CSV with the owner's own headers.

There is no export of all contacts and no header that all accounts share (FORMATS 3): headers are found through the
alias table, dates may be Excel serials with a decimal comma, and what triggered the chat stands in custom fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest import columns
from ingest.csv_cells import Sheet, Values
from ingest.csv_format import CsvFormat, by_field
from ingest.csv_leads import lead_row
from ingest.shapes import Row

SYSTEM = "manychat"
# names that only ManyChat writes for its id, in the languages of its accounts
OWN_IDS = frozenset(
    ["subscriberid", "manychatid", "manychatsubscriberid", "manychatuserid", "mcid", "psid"]
) | frozenset(
    ["iddesuscriptor", "iddelsuscriptor", "iddoassinante", "iddoinscrito", "iddelabonne", "idabonne", "abonnentenid"]
)
IDS = frozenset(["id", "userid", "contactid"])  # these only beside a time of subscription
SUBSCRIBED = frozenset(["subscribed", "lastinteraction", "lastiginteraction", "iglastinteraction", "triggersource"])


def _claims(header: tuple[str, ...]) -> bool:
    names = {columns.normalise(name) for name in header}
    if names & OWN_IDS:
        return len(names) > 1
    return bool(names & IDS and names & SUBSCRIBED and names & {"igusername", "instagramusername"})


def _rows(sheet: Sheet, values: Values) -> Iterator[Row]:
    yield lead_row(sheet, values, SYSTEM, "subscriber")


FORMAT = CsvFormat(
    name="manychat",
    title="ManyChat contacts (sheet or CSV)",
    how_to_get=(
        "ManyChat: in the flow that starts a chat add the action Google Sheets > Insert row with Subscriber ID, names, "
        "ig_username, subscribed and your custom fields (trigger_source, keyword, ad_name); then Google Sheets: File > "
        "Download > CSV."
    ),
    record="crm_leads",
    system=SYSTEM,
    shape="crm_leads",
    claims=_claims,
    rows=_rows,
    needed=("lead_key",),
    key=by_field("lead_key"),
)

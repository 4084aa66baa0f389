"""What probability is enough, decision by decision.

The probabilities are calibrated, so most limits are what probability theory says: half for what moves a stage, little
for what the rules already found. They were set by looking at held-out placements of all conversations together, in
coarse steps; choosing them anew in every fold, step by step, placed fewer leads right than these do.
"""

from __future__ import annotations

LIMITS = {
    "engaged.keep": 0.4,
    "engaged.add": 0.5,
    "what.keep": 0.2,
    "what.add": 0.5,
    "timing.keep": 0.15,
    "timing.add": 0.3,
    "intent.keep": 0.05,
    "intent.add": 0.35,
    "nurture.keep": 0.1,
    "nurture.add": 0.5,
    "lost.keep": 0.1,
    "lost.add": 0.6,
    "objection.keep": 0.05,
    "objection.add": 0.12,
    "excluded.on": 0.25,
    "excluded.off": 0.22,
    "referred.keep": 0.03,
    "referred.add": 0.5,
    "returning.keep": 0.03,
    "returning.add": 0.7,
    "sensitive.add": 0.5,
    "reply.lost": 0.3,
    "reply.nurture": 0.3,
    "reply.closes": 0.2,
    "unsure.sensitive": 0.3,
    "unsure.engaged": 0.5,
    "unsure.qualified": 0.2,
    "unsure.nurture": 0.35,
    "unsure.lost": 0.3,
}

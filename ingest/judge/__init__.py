"""What texts show: signals, speakers and links of each message, judged by rules with a quote and a confidence."""

from ingest.judge.cache import judge_conversations, judged_files
from ingest.judge.judge import judge_conversation
from ingest.judge.messages import Conversation, Judgement, Message
from ingest.judge.rules import account_version, rulebook, rules_version
from ingest.judge.worker import Helper, helper

__all__ = [
    "Conversation",
    "Helper",
    "Judgement",
    "Message",
    "account_version",
    "helper",
    "judge_conversation",
    "judge_conversations",
    "judged_files",
    "rulebook",
    "rules_version",
]

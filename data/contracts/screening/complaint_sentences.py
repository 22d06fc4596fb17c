"""Read whether a complaint was true from what is written about its handling, where it is said.

经核实，情况属实，已责令停止 says so in a word. Texts that say none are left to a person, whatever
was found there, and so is what is true of another matter (噪音情况属实), and what contradicts
itself.
"""

import re
from typing import Final

from data.contracts.case_vocabulary import Finding
from data.contracts.screening.clauses import (
    matter_of,
    stated_clauses,
    verdict_in,
)
from data.contracts.screening.visit_sentences import agreed, is_left, seen_in
from data.contracts.vocabulary import VisitResult

_LONGEST: Final = 600
_TOPIC: Final = re.compile(r"^[1-9一二三四五六][.．、]|^(?:关于|对于|就|针对)")
_REPEATED: Final = re.compile(r"重[复複](?:件|单|投诉|工[单單]|反映|诉求|举报)")
"""What was answered before says nothing new."""
_AGAINST: Final = {Finding.TRUE: VisitResult.NOTHING, Finding.UNTRUE: VisitResult.FOUND}
"""What was found there that contradicts an outcome."""


def outcome_of_sentence(text: str) -> str | None:
    """Return one of `Finding` as a text on its handling says, None where none is said.

    Examples
    --------
    >>> outcome_of_sentence("经核实，情况属实，已责令停止"), outcome_of_sentence("已转教育局办理")
    ('属实', None)
    """
    if len(text) > _LONGEST or _REPEATED.search(text):
        return None
    verdicts: set[Finding] = set()
    of_others: set[Finding] = set()
    rest = []
    for sentence in stated_clauses(text):
        topic = matter_of(sentence[0]) if _TOPIC.search(sentence[0]) else ""
        for clause in sentence:
            verdict, matter = verdict_in(clause, topic)
            if verdict:
                (of_others if matter else verdicts).add(verdict)
            else:
                rest.append(clause)
    seen = agreed({result for clause in rest for result in seen_in(clause)})
    outcome = _agreed(verdicts, of_others, None if is_left(text) else seen)
    return outcome.value if outcome else None


def _agreed(
    verdicts: set[Finding], of_others: set[Finding], seen: VisitResult | None
) -> Finding | None:
    """Return what all say: words on the report, words on other matters, and what was found."""
    if len(verdicts) != 1:
        return None
    (value,) = verdicts
    against = _AGAINST.get(value)
    if against and seen == against:
        return None
    if of_others <= {value} or value == Finding.PARTLY:
        return value
    return Finding.PARTLY if value == Finding.TRUE and of_others == {Finding.UNTRUE} else None

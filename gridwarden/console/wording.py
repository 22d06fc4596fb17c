"""What several commands say alike."""

from collections.abc import Iterator, Mapping

from dashboard.i18n import Translator
from data.integrity.problems import Problem, VerifyReport
from geo.errors import GridwardenError
from gridwarden.console.terminal import cell_text


def first_sign_in(password: str, say: Translator) -> str:
    """Tell the first administrator's one-time password."""
    return say("First sign-in: admin, one-time password {password}", password=password)


def problem_text(problem: Problem, say: Translator) -> str:
    """Say what no longer holds in the workspace, where, and with which facts."""
    kind = "problem" if say.knows("problem", problem.code) else "error"
    what = say.error(GridwardenError(problem.code, **problem.facts))
    if kind == "problem":
        what = say.name(kind, problem.code)
    facts = cell_text({say.name("column", name): fact for name, fact in problem.facts.items()})
    return f"{problem.where}: {what}" + (f" ({facts})" if kind == "problem" and facts else "")


def verified_lines(report: VerifyReport, say: Translator) -> Iterator[str]:
    """Say what verifying a workspace found, then whether everything holds."""
    yield from (f"✗ {problem_text(problem, say)}" for problem in report.problems)
    checked = named_counts(report.checked, "checked", say)
    if report.problems:
        yield say("{count} problems; sound: {checked}", count=len(report.problems), checked=checked)
    else:
        yield say("Everything holds: {checked}", checked=checked)


def counts_text(counts: Mapping[str, float]) -> str:
    """Write counts by what they count, one after the other."""
    return ", ".join(f"{name} {number:g}" for name, number in counts.items())


def named_facts(facts: Mapping[str, object], kind: str, say: Translator) -> str:
    """Write facts by their names of a kind."""
    return ", ".join(f"{say.name(kind, name)} {cell_text(fact)}" for name, fact in facts.items())


def named_counts(counts: Mapping[str, float], kind: str, say: Translator) -> str:
    """Write counts by the names of what they count."""
    return counts_text({say.name(kind, code): number for code, number in counts.items()})


def unit_name(unit: str, say: Translator) -> str:
    """Name a kind of unit as it was typed, such as ``cell:9``."""
    kind, separator, resolution = unit.partition(":")
    return say.name("unit", kind) + (f" {resolution}" if separator else "")

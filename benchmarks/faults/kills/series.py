"""One office in which operations are killed one after another, and an account kept outside of it.

The account is what was answered: it says what must be there, once. Of the operation that was killed
all is there or nothing; whoever asked for it asks again, and then it is there once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

from benchmarks.faults.kills.operations import OPERATIONS, Operation
from benchmarks.faults.kills.processes import After, run_child
from benchmarks.faults.kills.street import OWNER, open_street
from governance.office import Office

RESTART: Final = "restart"
RESTARTS_KILLED: Final = 0.2
"""Share of restarts that are killed as well."""
FIRST_S: Final = 1.0
"""How long an operation takes as long as nobody knows."""
MOST_STEPS: Final = 24
_TAKEN_BACK: Final = "taken_back"


class BrokenPromiseError(AssertionError):
    """Something that was answered is not there once, or the workspace is damaged."""


@dataclass(slots=True)
class Series:
    """The office, what was answered so far, and how long an operation takes."""

    folder: Path
    """The workspace."""
    rng: Random
    """Draws what is killed, and when."""
    begun: dict[str, Counter[str]] = field(default_factory=dict)
    """What was held before anything was asked for."""
    promised: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    """How long the whole operation took last."""
    killed: Counter[str] = field(default_factory=Counter)

    names: ClassVar = tuple(OPERATIONS)

    def begin(self) -> None:
        """Take down what is there before anything was asked for."""
        self.begun = {name: Counter(held) for name, held in self._look()["held"].items()}
        self.promised = {name: Counter() for name in self.begun}

    def kill(self, name: str, moment: After) -> bool:
        """Kill an operation, start again, check, and ask again for what was not done.

        Whether all is there in the end is seen with the next kill, or by `check`. Returns whether
        the operation was met in the middle.
        """
        act = self._next(name)
        ended = run_child(act, moment)
        if ended.answered:
            self._promise(name)
            if not ended.killed:
                self.seconds[name] = ended.seconds
            return False
        self.killed[name] += 1
        if self.rng.random() < RESTARTS_KILLED:
            again = self.moment(RESTART)
            self.killed[RESTART] += run_child(self._restart, again).killed
        done = self.compare(self._look(), in_flight=name)
        if OPERATIONS[name].again or not done:
            run_child(act)
        self._promise(name)
        return True

    def check(self) -> None:
        """Check that all that was asked for is there, once."""
        self.compare(self._look())

    def moment(self, name: str) -> After:
        """Draw when something is killed: at any time of it, or at one of its steps."""
        if self.rng.random() < 1 / 2:
            return After(seconds=self.seconds.get(name, FIRST_S) * self.rng.random())
        return After(step=self.rng.randint(1, MOST_STEPS))

    def _next(self, name: str) -> Callable[[], None]:
        """Return what does an operation for the next time, after what must be there before it."""
        self.numbers[name] += 1
        operation, number = OPERATIONS[name], self.numbers[name]
        if operation.before is not None:
            run_child(partial(_before, self.folder, operation.before, number))
        return partial(_act, self.folder, operation, number)

    @property
    def _restart(self) -> Callable[[], None]:
        return partial(_restart, self.folder)

    def _keys(self, name: str) -> Counter[str]:
        return Counter(OPERATIONS[name].keys(self.numbers[name]))

    def _promise(self, name: str) -> None:
        self.promised[name] += self._keys(name)

    def _look(self) -> dict[str, Any]:
        seen: dict[str, Any] = run_child(partial(_look, self.folder)).answer
        return seen

    def compare(self, seen: Mapping[str, Any], *, in_flight: str = "") -> bool:
        """Compare what is there with what was answered; say whether the one in flight was done."""
        problems = list(seen["problems"])
        done = False
        for name, operation in OPERATIONS.items():
            held = Counter(seen["held"][name])
            due = self.begun[name] + self.promised[name]
            whole = due + self._keys(name) if name == in_flight else due
            done |= name == in_flight and held == whole
            if held not in (due, whole):
                problems.append(f"{name}: lost {due - held}, doubled or half {held - due}")
            things = sum(count for key, count in held.items() if operation.things(key))
            alone = self.killed[name] if operation.line_first else 0
            if not 0 <= seen["lines"][name] - things <= alone:
                problems.append(f"{name}: {things} things, {seen['lines'][name]} lines")
        if problems:
            raise BrokenPromiseError(str(self.folder), in_flight, problems)
        return done


def _before(folder: Path, before: Callable[[Office, int], object], number: int) -> None:
    with closing(open_street(folder)) as office:
        before(office, number)


def _act(folder: Path, operation: Operation, number: int) -> None:
    office = open_street(folder)
    operation.act(office, number)


def _restart(folder: Path) -> None:
    """Start as the product does: what a crash left is settled."""
    office = open_street(folder)
    office.ledger.catch_up(OWNER)


def _look(folder: Path) -> dict[str, Any]:
    """Start again, verify, and count all that is held and said."""
    with closing(open_street(folder)) as office:
        report = office.verify(OWNER)
        lines = Counter(_told(office))
        return {
            "problems": [f"{each.code} {each.where} {each.facts}" for each in report.problems],
            "held": {name: dict(each.held(office)) for name, each in OPERATIONS.items()},
            "lines": {name: lines[name] for name in OPERATIONS},
        }


def _told(office: Office) -> Iterator[str]:
    """Yield the operation of each line of the audit log that says that one was done."""
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- past the services
        events = [(event.action, event.facts) for event in unit.audit.find()]
    for action, facts in events:
        for name, operation in OPERATIONS.items():
            if facts.get("settled") != _TAKEN_BACK and operation.line(action, facts):
                yield name

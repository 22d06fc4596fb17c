"""Questions wait for their turn; an import keeps nobody waiting."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from dashboard.turns import InTurn


class Counter:
    """Remember how many callers were inside at once."""

    name = "an office"

    def __init__(self) -> None:
        self.inside = self.most = 0

    def ask(self, answer: int) -> int:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.005)
        self.inside -= 1
        return answer

    def ask_twice(self) -> int:
        return self.ask(1) + self.ask(2)

    import_file = ask


def ask_at_once(counter: object, method: str) -> list[int]:
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(getattr(counter, method), range(16)))


def test_only_one_question_is_asked_at_a_time() -> None:
    counter = Counter()
    assert ask_at_once(InTurn(counter), "ask") == list(range(16))
    assert counter.most == 1


def test_importing_waits_for_nobody() -> None:
    counter = Counter()
    ask_at_once(InTurn(counter), "import_file")
    assert counter.most > 1


def test_what_is_no_method_is_simply_there() -> None:
    assert InTurn(Counter()).name == "an office"
    assert InTurn(Counter()).ask_twice() == 3

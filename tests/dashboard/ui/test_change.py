"""What is said of a change that was made with many; what a button's callback may depend on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import dashboard
from dashboard.i18n import translator
from dashboard.ui.change import outcome_of_many
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import ManyAnswer


def test_what_was_not_done_of_many_is_counted_and_the_first_reasons_are_told() -> None:
    error = ActionError("ledger_nothing_changed")
    answers = [ManyAnswer("A"), *(ManyAnswer(f"B{number}", error) for number in range(6))]
    say = translator("en")
    told = outcome_of_many(answers, "Accept", say=say).split("\n\n")
    assert told[0] == "Accept: 1 done. 6 stayed as they are:"
    assert [each[:2] for each in told[1:]] == ["B0", "B1", "B2", "B3", "B4", "…"]
    assert "…" not in outcome_of_many(answers[:6], "Accept", say=say)
    assert outcome_of_many(answers[:1], "Accept", say=say) == "Accept: 1 done."


WIDGETS = {
    "checkbox", "date_input", "multiselect", "number_input", "radio", "selectbox", "slider",
    "text_area", "text_input", "building", "day", "one", "one_or_none", "search_text", "some",
}  # fmt: skip
"""What Streamlit and `dashboard.ui.pick` ask with."""


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def asked_in(function: ast.FunctionDef) -> set[str]:
    """Return the variables of a function that hold what a widget in it was given."""
    return {
        name
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        and any(
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in WIDGETS
            for call in ast.walk(each.value)
        )
        for target in each.targets
        for name in names_in(target)
    }


def callbacks(function: ast.FunctionDef) -> Iterator[set[str]]:
    """Yield the names that each callback of a button uses, also by what is made from them."""
    made = {each.name: names_in(each) for each in ast.walk(function)
            if isinstance(each, ast.FunctionDef) and each is not function}  # fmt: skip
    for each in ast.walk(function):
        if isinstance(each, ast.Assign):
            for target in each.targets:
                for name in names_in(target):
                    made[name] = made.get(name, set()) | names_in(each.value)
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or "on_click" not in {k.arg for k in call.keywords}:
            continue
        used = set().union(
            *(names_in(k.value) for k in call.keywords if k.arg in {"on_click", "args"})
        )
        while more := set().union(*(made.get(name, set()) for name in used)) - used:
            used |= more
        yield used


def test_no_callback_of_a_button_takes_what_is_typed_or_chosen_beside_it() -> None:
    """It would take it as it was before: both come from the browser in one step."""
    taken = [
        f"{path.name}: {function.name} takes {sorted(asked & used)}"
        for path in Path(dashboard.__file__).parent.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and (asked := asked_in(function))
        for used in callbacks(function)
        if asked & used
    ]
    assert taken == []

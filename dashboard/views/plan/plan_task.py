"""Making a plan takes a while: it goes on while people click elsewhere, and can be stopped."""

from collections.abc import Callable

from dashboard.i18n import Translator
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import TaskPanel, TaskWording
from dashboard.views.plan import plan_picker
from governance.patrols.routing.model.plan import Plan, PlanOptions


def make(page: Page, options: PlanOptions) -> None:
    """Begin to make a plan."""
    office, actor = page.office, page.actor
    panel.start(page, lambda tell: office.plans.make(actor, options, progress=tell))


def replan(page: Page, plan: Plan) -> None:
    """Begin to search anew what is not locked on a plan."""
    edits, actor = page.office.plan_edits, page.actor
    panel.start(
        page, lambda tell: edits.replan(actor, plan.plan_id, version=plan.version, progress=tell)
    )


def show(page: Page, *, made: Callable[[], None]) -> None:
    """Say once how finished work ended, and show how far the present one is.

    ``made``: called once after a plan was made, before anything else of the page is drawn.
    """

    def open_plan(plan: Plan) -> None:
        plan_picker.choose(plan.plan_id)
        made()

    panel.show(page, done=open_plan)


def _wording(say: Translator) -> TaskWording:
    return TaskWording(
        running=lambda stage: say(
            "Making the plan: {stage}. You can leave this page meanwhile.",
            stage=say.name("plan_stage", stage),
        ),
        stop=say("Stop making the plan"),
        stopped=say("Stopped. Nothing was changed."),
        done=lambda plan: (
            say("The rest is planned anew; what is locked stayed. Kept as a draft.")
            if plan.version > 1
            else say("The plan is made and kept as a draft. Nobody is told before it is published.")
            if len(plan.stops)
            else say("No building could be put on this plan; why is said below.")
        ),
        refused=say("A plan is being made already. Begin yours when it is done."),
    )


panel = TaskPanel("plan", wording=_wording)

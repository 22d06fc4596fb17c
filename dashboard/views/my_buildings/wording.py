"""What the warden's page says, handed to the browser in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboard.i18n import Words


def pairs(kind: str, codes: Sequence[str], *, say: Words) -> list[list[str]]:
    """Return codes with their names, in order."""
    return [[code, say.name(kind, code)] for code in codes]


def names_of(kinds: Mapping[str, Sequence[str]], *, say: Words) -> dict[str, str]:
    """Return the names of all codes; no code belongs to two kinds."""
    return {code: say.name(kind, code) for kind, codes in kinds.items() for code in codes}


def page_words(say: Words) -> dict[str, Any]:
    """Return every sentence of the page."""
    return {**_list_words(say), **_form_words(say), **_trouble_words(say)}


def _list_words(say: Words) -> dict[str, Any]:
    return {
        "toSee": say("To see today"),
        "seen": say("Seen"),
        "waiting": say("To be sent"),
        "search": say("Search my buildings"),
        "searchHint": say("Building or address"),
        "paper": say("Paper"),
        "printToday": say("Print today's list (A4)"),
        "printWeek": say("Print the week's list (A4)"),
        "excelToday": say("Today's list as Excel"),
        "excelWeek": say("The week's list as Excel"),
        "today": say("Today, in walking order"),
        "seenPart": say("Seen today"),
        "restPart": say("My other buildings"),
        "mine": say("My buildings"),
        "showMore": say("Show more buildings"),
        "nobodyGave": say("No building is given to you yet. Ask your grid chief or the office to "
                          "enter you as the warden or head of a building; it shows here at once."),
        "noneToday": say("Nothing is due today. Your other buildings are below; a visit to any of "
                         "them can be recorded."),
        "nothingDue": say("Nothing is due today."),
        "noneYours": say("No building is given to this account. Ask the office to enter yours."),
        "notAll": say("{n} of {all} buildings are drawn. Search for the others.", n="{n}",
                      all="{all}"),
        "allSeen": say("Everything for today is seen."),
        "noneFound": say("No building of yours is called so."),
        "tier": say("Tier"),
        "walk": say("{m} m on foot", m="{m}"),
        "lookFor": say("Look for"),
        "lastVisit": say("Last visit"),
        "never": say("no visit yet"),
        "nextStep": say("Next step"),
        "due": say("Due"),
        "late": say("{n} days late", n="{n}"),
        "history": say("Earlier visits"),
        "loading": say("Loading …"),
        "comma": say(", "),
        "route": say("My team's route"),
        "laterDays": say("My team's next routes"),
        "routeMap": say("Map of the route"),
        "routePaper": say("Print the route (A4)"),
        "routeExcel": say("The route as Excel"),
        "together": say("With {departments}", departments="{departments}"),
        "arriveAt": say("Arrive at {time}", time="{time}"),
    }  # fmt: skip


def _form_words(say: Words) -> dict[str, Any]:
    return {
        "nothingFound": say.name("visit_result", "未发现异常"),
        "somethingElse": say("Something else"),
        "recordAnother": say("Record another visit"),
        "batch": say("Several flats or floors at once"),
        "batchHint": say("A line for each flat or floor. All say nothing found; change those that "
                         "are different."),
        "fromFloor": say("From floor"),
        "toFloor": say("to floor"),
        "makeLines": say("Make the lines"),
        "addLine": say("Add a line"),
        "removeLine": say("Remove line"),
        "saveMany": say("Save {n} records", n="{n}"),
        "floor": say("floor {n}", n="{n}"),
        "whatFound": say("What did you find?"),
        "signs": say("Signs seen"),
        "moreOptional": say("Add counts, flat, note or photo (optional)"),
        "pupils": say("Pupils, about"),
        "teachers": say("Teachers, about"),
        "countsOnly": say("Counts only. Never write down anybody's name."),
        "less": say("One less"),
        "more": say("One more"),
        "unit": say("Flat or floor"),
        "unitHint": say("such as 3-1001"),
        "note": say("Note"),
        "noteWarning": say("No names, no telephone numbers, nothing about a single pupil."),
        "photo": say("Photo"),
        "photoWarning": say("Only if needed, and only of things. Place and camera are removed "
                            "before it is kept; faces are not, so leave people, and children above "
                            "all, out of the picture."),
        "noFaces": say("Nobody's face and no name is in the photo"),
        "facesFirst": say("Please confirm first that the photo shows no face and no name, "
                          "or cancel."),
        "photoUnreadable": say("This file could not be read as a picture. Take another one."),
        "photosAttached": say("Photos attached: {n}", n="{n}"),
        "retry": say("Come back"),
        "save": say("Save"),
        "cancel": say("Cancel"),
        "undo": say("Undo"),
        "change": say("Change"),
        "discard": say("Discard"),
    }  # fmt: skip


def _trouble_words(say: Words) -> dict[str, Any]:
    return {
        "states": {
            "waiting": say("Kept on this device, will be sent"),
            "sending": say("Sending …"),
            "saved": say("Saved"),
            "undoing": say("Taking it back …"),
            "undone": say("Taken back"),
            "refused": say("Not taken"),
        },
        "photoLost": say("The browser no longer has the photo; the record is saved without it."),
        "photoWaits": say("The photo waits to be sent."),
        "offline": say("No connection. Go on recording: everything is kept on this device and sent "
                       "by itself. Do not close the page until it is."),
        "signedOut": say("You are signed out. What you recorded is kept on this device and sent "
                         "once you sign in again."),
        "signIn": say("Sign in"),
        "otherAccount": say("Somebody else has signed in on this device. Your records wait here "
                            "until you sign in again; they are never sent under another name."),
        "reload": say("Reload the page"),
        "notAllowed": say("Your account may not record visits any more. What you recorded is kept "
                          "here; tell the office."),
        "notKept": say("This browser keeps nothing for us (private window or full). Leave the page "
                       "open until everything is sent."),
        "othersWait": say("Of other people, {n} records wait on this device. They are sent when "
                          "they sign in again.", n="{n}"),
        "notNow": say("This could not be fetched just now. Try again with a connection."),
    }  # fmt: skip

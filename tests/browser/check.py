"""What a report promises in a browser, asked of a real one.

Usage: check.py LABCTL FOLDER, where tests/browser.sh has put runs and reports.
Each function of PROMISES is one promise; its name says which."""

import json
import os
import random
import sys
import time
from pathlib import Path

import look
from driver import Browser
from page import PHONE, Page


def say(text):
    print(f"browser: {text}", flush=True)


def holds(what, told):
    if not what:
        raise AssertionError(told)


def equal(found, expected, what):
    holds(found == expected, f"{what}: {found}, and not {expected}")


def it_opens_without_a_word_to_the_console_and_asks_the_network_for_nothing(page):
    page.open("lab.html")
    page.js("document.getElementById('player').scrollIntoView()")
    time.sleep(0.5)
    equal(page.browser.log_of("browser"), [], "the console")
    events = [json.loads(entry["message"])["message"] for entry in page.browser.log_of("performance")]
    requests = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [request["request"]["url"] for request in requests if request["documentURL"].startswith("file:")]
    holds(asked, "the page itself was asked for")
    elsewhere = [url for url in asked if not url.startswith(("file:", "data:"))]
    equal(elsewhere, [], "what was asked for elsewhere")
    page.picture("light")


def an_address_that_leads_nowhere_stops_nothing(page):
    for end in ("#%", "#%E0%A4%A", "#nowhere", "#"):
        page.open("hostile.html")
        page.browser.open((page.folder / "lab.html").as_uri() + end)
        page.rest()
        equal(page.browser.log_of("browser"), [], f"the console at {end}")


def the_diagram_is_drawn_in_the_colours_of_its_events(page):
    page.open("lab.html")
    holds(page.colors() > 20, f"only {page.colors()} colours")
    kinds = {}
    for index in range(40):
        page.select(3, index)
        kind = page.state()["selected"]["kind"]
        page.press("Escape")
        kinds.setdefault(kind, set()).add(tuple(page.color(3, index)))
    holds(len(kinds) == 3, f"kinds seen: {sorted(kinds)}")
    for kind, colors in kinds.items():
        equal(len(colors), 1, f"colours of {kind}")
    equal(len(set.union(*kinds.values())), 3, "colours of three kinds")


def clicking_an_event_marks_its_causal_past_and_future_and_its_longest_chain(page):
    page.open("lab.html")
    checked = 0
    for machine, index in [(1, 0), (1, 57), (2, 3), (2, 30), (3, 11), (3, 60), (1, 200), (2, 55)]:
        page.select(machine, index)
        page.press("Escape")
        equal(page.selected(), None, "what is selected after Escape")
        page.click(machine, index)
        state = page.state()
        equal(page.selected(), (machine, index), "what a click selects")
        truth = page.why(f"{machine}@line:{index + 3}")
        equal(truth["event"]["index"], index, "the event that is asked about")
        for part in ("past", "future"):
            equal(state[part], truth[part], f"the {part} of {machine}, {index}")
        equal(state["chain"], truth["chain_length"], f"the chain of {machine}, {index}")
        equal(state["chain"], state["selected"]["clock"], "a chain as long as the clock is high")
        checked += 1
    page.picture("selected")
    say(f"  {checked} events clicked, each with the past, the future and the chain that labctl causality why tells")


def all_that_is_neither_past_nor_future_fades(page):
    page.open("lab.html")
    page.select(2, 30)
    past = page.state()["past"]["1"]
    inside, outside = past - 2, past + 2
    for _ in range(3):
        page.press("-")
    marked = [page.color(1, index) for index in (inside, outside)]
    page.press("Escape")
    plain = [page.color(1, index) for index in (inside, outside)]
    equal(marked[0], plain[0], "the colour of an event of the past")
    holds(marked[1] != plain[1], f"an event that is neither keeps its colour {plain[1]}")


def keys_step_along_a_machine_in_time_and_along_messages(page):
    page.open("lab.html")
    page.select(1, 20)
    for key, expected in [("Right", (1, 21)), ("Right", (1, 22)), ("Left", (1, 21)), ("Home", (1, 0)), ("Left", (1, 0))]:
        page.press(key)
        equal(page.selected(), expected, f"after {key}")
    page.press("End")
    holds(page.selected()[1] > 300, "End goes to the last event")
    page.press("Escape")
    equal(page.selected(), None, "after Escape")
    page.press("0")
    page.select(1, 0)
    times = []
    for _ in range(40):
        times.append(page.state()["instant_us"])
        page.press("n")
    equal(times, sorted(times), "times of events stepped through in time")
    seen = page.selected()
    page.press("n")
    page.press("p")
    equal(page.selected(), seen, "one on and one back")
    page.select(2, 30)
    send = page.why("2@line:33")["chain"][-2]
    page.press("m")
    equal(page.selected(), (send["machine"], send["index"]), "where the message comes from")
    page.press("Down")
    equal(page.selected()[0], send["machine"] + 1, "the machine below")


def buttons_do_what_keys_do(page):
    page.open("lab.html")
    do = lambda name: (page.js("document.querySelector(`[data-do=${arguments[0]}]`).click()", name), page.rest())
    do("home")
    first = page.selected()
    do("next")
    equal(page.selected(), (first[0], first[1] + 1), "after next")
    do("previous")
    equal(page.selected(), first, "after previous")
    span = lambda: (lambda window: window["to_us"] - window["from_us"])(page.state()["window"])
    before = span()
    do("in")
    holds(span() < before * 0.7, "zoomed in")
    do("out")
    holds(abs(span() - before) < before * 0.01, "zoomed out again")
    do("whole")
    equal(page.state()["window"], page.state()["whole"], "the window")
    do("clear")
    equal(page.selected(), None, "after clear")


def wheel_drag_and_the_strip_move_the_window(page):
    page.open("lab.html")
    left, top, width, height = page.corner()
    x, y = left + width * 0.6, top + height - 12
    window = lambda: page.state()["window"]
    before = window()
    page.browser.wheel(x, y, 240)
    page.rest()
    equal(window(), before, "the window, as the wheel scrolls the page until the diagram is chosen")
    left, top, width, height = page.corner()
    y = top + height - 12
    page.browser.click(x, y)
    page.browser.wheel(x, y, 240)
    page.rest()
    zoomed = window()
    holds(zoomed["to_us"] - zoomed["from_us"] > before["to_us"] - before["from_us"], "the wheel zooms out")
    page.browser.drag(x, y, x - 200, y)
    page.rest()
    dragged = window()
    holds(dragged["from_us"] > zoomed["from_us"], "dragging scrubs")
    left, top, width, height = page.corner("overview")
    page.browser.click(left + width * 0.75, top + height / 2)
    page.rest()
    middle = (window()["from_us"] + window()["to_us"]) / 2
    whole = page.state()["whole"]
    share = (middle - whole["from_us"]) / (whole["to_us"] - whole["from_us"])
    holds(abs(share - 0.75) < 0.01, f"the strip goes to {share}")
    page.browser.drag(left + width * 0.75, top + height / 2, left + width * 0.35, top + height / 2)
    page.rest()
    holds(window()["from_us"] < dragged["to_us"] + 30e6, "the window on the strip is dragged")


def two_fingers_zoom(page):
    page.open("lab.html", PHONE, is_phone=True)
    left, top, width, height = page.corner()
    before = page.state()["window"]
    page.browser.pinch(left + width / 2, top + height / 2, 30, 110)
    page.rest()
    after = page.state()["window"]
    holds(after["to_us"] - after["from_us"] < 0.6 * (before["to_us"] - before["from_us"]), f"{before} then {after}")


def messages_of(machines):
    """Each message as (sender, index of its SEND, receiver, index of its RECEIVE
    or None), found in the table alone: clocks name a machine's events."""
    sends = {(machine, int(row["clock"])): index for machine, rows in machines.items()
             for index, row in enumerate(rows) if row["event"] == "SEND"}
    received = {}
    for machine, rows in machines.items():
        for index, row in enumerate(rows):
            if row["event"] == "RECEIVE":
                sender = int(row["from"])
                received[sender, sends[sender, int(row["message_clock"])], machine] = index
    for (sender, _), index in sends.items():
        to = machines[sender][index]["to"]
        for receiver in [int(to)] if to.isdigit() else [machine for machine in machines if machine != sender]:
            yield sender, index, receiver, received.get((sender, index, receiver))


def reached(links, start):
    """All events that links lead to from an event."""
    seen, waiting = {start}, [start]
    while waiting:
        for found in links.get(waiting.pop(), ()):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return seen - {start}


def any_event_has_the_past_future_and_chain_that_a_search_of_the_table_finds(page):
    dice = random.Random(7)
    for name in ("run", "link"):
        page.open("lab.html" if name == "run" else "link.html")
        machines = page.events(name)
        before, after = {}, {}
        def link(one, other):
            before.setdefault(other, []).append(one)
            after.setdefault(one, []).append(other)
        for machine, rows in machines.items():
            for index in range(1, len(rows)):
                link((machine, index - 1), (machine, index))
        for sender, send, receiver, receive in messages_of(machines):
            if receive is not None:
                link((sender, send), (receiver, receive))
        depth = {}
        # By clocks, every cause comes before what it causes.
        for event in sorted(((machine, index) for machine, rows in machines.items() for index in range(len(rows))),
                            key=lambda event: int(machines[event[0]][event[1]]["clock"])):
            depth[event] = 1 + max((depth[cause] for cause in before.get(event, ())), default=0)
        for event in dice.sample(sorted(depth), 100):
            page.js("labctlPlayer.select(...arguments)", *event)
            state = page.state()
            past, future = reached(before, event), reached(after, event)
            of = lambda events, machine: [index for other, index in events if other == machine]
            for machine in machines:
                equal(state["past"][str(machine)], len(of(past, machine)), f"{name}: the past of {event} on {machine}")
                equal(state["future"][str(machine)], min(of(future, machine), default=None), f"{name}: the future of {event} on {machine}")
            equal(state["chain"], depth[event], f"{name}: the chain of {event}")


def the_queues_at_an_instant_are_those_of_the_log(page):
    for name in ("run", "link"):
        page.open("lab.html" if name == "run" else "link.html")
        machines = page.events(name)
        messages = list(messages_of(machines))
        checked = 0
        for machine, rows in machines.items():
            for index, row in enumerate(rows):
                if row["event"] != "RECEIVE" or index % 5:
                    continue
                page.js("labctlPlayer.select(...arguments)", machine, index)
                queues = page.state()["queues"]
                equal(queues[str(machine)][0], int(row["queue_length"]), f"{name}: the queue of {machine} after event {index}")
                now = int(row["time_us"])
                for other in machines:
                    low, high = queues[str(other)]
                    # Here for sure are those that came and are read later; at most all that are sent and not read.
                    read = [machines[other][receive] for _, _, receiver, receive in messages if receiver == other and receive is not None]
                    here = sum(int(one["time_us"]) - int(one["waited_us"]) <= now < int(one["time_us"]) for one in read)
                    sent = sum(receiver == other and int(machines[sender][send]["time_us"]) <= now for sender, send, receiver, _ in messages)
                    gone = sum(int(one["time_us"]) <= now for one in read)
                    holds(here <= low <= high <= sent - gone, f"{name}: the queue of {other} at {now}: {here} {low} {high} {sent - gone}")
                shown = page.js("return document.querySelectorAll('.player-queue strong')[arguments[0]].textContent", machine - 1)
                low, high = queues[str(machine)]
                told = "empty" if high == 0 else str(low) if low == high else f"{low} to {high}"
                equal(shown, f"queue of {machine}: {told}", "the queue that is shown")
                checked += 1
        holds(checked > 10, f"only {checked} RECEIVEs asked for")


def a_message_that_was_never_received_is_drawn_to_an_open_end_and_not_to_a_guessed_arrival(page):
    page.open("link.html")
    machines = page.events("link")
    opened = [(sender, send) for sender, send, _, receive in messages_of(machines) if receive is None]
    sender, send = opened[len(opened) // 2]
    page.select(sender, send)
    for _ in range(3):
        page.press("+")
    page.press("Escape")
    page.rest()
    told = page.purple()
    holds(told, "no open end is drawn")
    starts = [page.js("return labctlPlayer.place(...arguments).x", *event) for event in opened]
    for column in told:
        holds(any(start - 8 <= column <= start + 16 for start in starts), f"an open message is drawn at {column}, sent at {starts}")


def dark_is_dark(page):
    page.open("lab.html", prefers_color_scheme="dark")
    page.select(2, 30)
    page.press("Escape")
    dark = page.color(2, 30)
    page.select(2, 30)
    holds(page.overflow() <= 0, f"{page.overflow()} pixels too wide")
    page.corner()
    page.picture("dark")
    page.press("Escape")
    page.browser.prefer(prefers_color_scheme="light", prefers_reduced_motion="reduce")
    time.sleep(0.2)
    page.rest()
    light = page.color(2, 30)
    holds(dark != light, "the diagram is drawn anew when the page turns light")
    page.js("document.getElementById('theme').click()")
    time.sleep(0.2)
    page.rest()
    equal(page.color(2, 30), dark, "the colour after the page's own button")


def nothing_overflows_on_a_phone(page):
    for name in ("lab.html", "hostile.html"):
        for scheme in ("light", "dark"):
            page.open(name, PHONE, is_phone=True, prefers_color_scheme=scheme)
            holds(page.overflow() <= 0, f"{name}, {scheme}: {page.overflow()} pixels too wide")
            if name == "lab.html":
                page.select(2, 30)
                holds(page.overflow() <= 0, f"{name}, {scheme}, selected: {page.overflow()} pixels too wide")
                page.corner()
                page.picture(f"phone-{scheme}")


def pages(page):
    """One of each kind; those that are only longer are left out."""
    return sorted(path.name for path in page.folder.glob("*.html") if path.stem not in ("large", "long", "link"))


def every_page_fits_every_screen_in_both_themes(page):
    found = [f"{where}: {fault}" for where in look.views(page, pages(page)) for fault in look.faults(page)]
    equal(found, [], "what does not fit")


def axe_finds_nothing(page):
    axe = next(page.folder.parent.glob("axe/node_modules/axe-core/axe.min.js"), None)
    if axe is None:
        say("  skipped: axe-core cannot be had")
        return
    found = [f"{where}: {fault}" for where in look.views(page, pages(page)) for fault in look.axe_faults(page, axe)]
    equal(found, [], "what axe-core finds")


def the_first_chart_is_seen_within_two_screens(page):
    for name in pages(page):
        page.open(name, (1280, 900))
        top = look.first_chart_px(page)
        holds(top < 2 * 900, f"the first chart of {name} begins at {top:.0f}")


def parts_of_the_page_have_names_of_their_own(page):
    page.open("lab.html")
    landmarks = page.js("return [...document.querySelectorAll('section[aria-labelledby], [role=region], nav')].map((part) =>"
                        " part.ariaLabel ?? document.getElementById(part.getAttribute('aria-labelledby')).textContent)")
    equal(len(landmarks), len(set(landmarks)), f"names of landmarks: {sorted(landmarks)}")


def paper_has_two_charts_a_page_and_no_queues_that_nobody_asked_for(page):
    page.open("lab.html")
    page.browser.devtools("Emulation.setEmulatedMedia", media="print", features=[])
    shown = lambda: page.js("return getComputedStyle(document.querySelector('.player-queues')).display")
    equal(shown(), "none", "the queues on paper")
    page.browser.view(717, 900)
    heights = page.js("return [...document.querySelectorAll('figure[id]')].map((figure) => figure.offsetHeight)")
    page.browser.devtools("Emulation.setEmulatedMedia", media="", features=[])
    # A page of A4 with Chromium's margins is 717 pixels wide and 1046 high; between figures lie some 30.
    holds(heights and max(heights) < 490, f"charts {heights} pixels high")


def hostile_names_are_shown_as_text(page):
    page.open("hostile.html")
    equal(page.js("return window.hostile"), None, "what a name has done")
    equal(page.browser.log_of("browser"), [], "the console")
    text = page.js("return document.body.innerText")
    for part in ("<script>window.hostile = 1</script>", "<img src=x onerror=hostile=2>"):
        holds(part in text, f"{part} is not shown")
    equal(page.js("return document.querySelectorAll('img').length"), 0, "pictures that a name has made")
    page.picture("hostile")


def a_reader_of_the_screen_is_told_what_is_there(page):
    page.open("lab.html")
    tree = page.browser.devtools("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"] and "role" in node]
    roles = {role for role, _ in named}
    for role in ("application", "slider", "group"):
        holds(role in roles, f"no {role} among {sorted(roles)}")
    nameless = [role for role, name in named if role in ("button", "slider", "application", "checkbox") and not name.strip()]
    equal(nameless, [], "parts without a name")
    page.select(2, 30)
    told = page.js("return document.querySelector('.player-details[aria-live=polite]').innerText")
    for word in ("machine 2", "clock", "causal past", "longest chain"):
        holds(word in told, f"{word} is not told: {told}")
    rows = page.js("document.querySelector('.player-table').open = true;"
                   "return new Promise((done) => setTimeout(() => done(document.querySelectorAll('.player-table tbody tr').length), 500))")
    holds(rows > 10, f"{rows} rows in the table of events")


def motion_is_reduced_where_that_is_preferred(page):
    page.open("lab.html")
    glides = lambda: page.js("document.querySelector('[data-do=whole]').click(); return labctlPlayer.state().is_gliding")
    equal(glides(), False, "gliding with reduced motion")
    page.open("lab.html", prefers_reduced_motion="no-preference")
    equal(glides(), True, "gliding without")


def a_long_run_shows_its_beginning_and_says_so(page):
    page.open("long.html")
    text = page.js("return document.getElementById('player').innerText")
    holds("Only the beginning is shown" in text, text[:300])
    whole = page.js("return JSON.parse(document.getElementById('player-data').textContent).shown")
    holds(page.state()["events"] == whole["events"] < whole["events_of_run"], f"{whole}")
    page.press("0")
    page.corner()
    page.picture("long")
    size = os.path.getsize(page.folder / "long.html")
    holds(size < 10e6, f"the page has {size} bytes")
    say(f"  {whole['events_of_run']} events, of which {whole['events']} are shown: {size / 1e6:.2f} MB")


def measure(page):
    """How smoothly 100,000 events are scrubbed; told, not judged."""
    page.open("large.html", prefers_reduced_motion="no-preference")
    size = os.path.getsize(page.folder / "large.html")
    events = page.state()["events"]
    page.corner()
    page.select(2, 20000)
    say(f"measured: {events} events in a page of {size / 1e6:.2f} MB; ready after "
        f"{page.state()['start_ms']:.0f} ms; past, future and chain of an event in {page.state()['relate_ms']:.1f} ms")
    page.picture("large")
    for span in (70e6, 10e6, 1e6, 0.1e6):
        told = page.js("return labctlPlayer.scrub(3000, arguments[0])", span)
        say(f"measured: scrubbing it, {span / 1e6:g} s at a time: {told['fps']:.1f} frames/s, 95 % of them within "
            f"{told['gap_p95_ms']:.1f} ms; drawing takes {told['draw_median_ms']:.1f} ms, p95 {told['draw_p95_ms']:.1f} ms")


PROMISES = [
    it_opens_without_a_word_to_the_console_and_asks_the_network_for_nothing,
    an_address_that_leads_nowhere_stops_nothing,
    the_diagram_is_drawn_in_the_colours_of_its_events,
    clicking_an_event_marks_its_causal_past_and_future_and_its_longest_chain,
    all_that_is_neither_past_nor_future_fades,
    keys_step_along_a_machine_in_time_and_along_messages,
    buttons_do_what_keys_do,
    wheel_drag_and_the_strip_move_the_window,
    two_fingers_zoom,
    any_event_has_the_past_future_and_chain_that_a_search_of_the_table_finds,
    the_queues_at_an_instant_are_those_of_the_log,
    a_message_that_was_never_received_is_drawn_to_an_open_end_and_not_to_a_guessed_arrival,
    dark_is_dark,
    nothing_overflows_on_a_phone,
    every_page_fits_every_screen_in_both_themes,
    axe_finds_nothing,
    the_first_chart_is_seen_within_two_screens,
    parts_of_the_page_have_names_of_their_own,
    paper_has_two_charts_a_page_and_no_queues_that_nobody_asked_for,
    hostile_names_are_shown_as_text,
    a_reader_of_the_screen_is_told_what_is_there,
    motion_is_reduced_where_that_is_preferred,
    a_long_run_shows_its_beginning_and_says_so,
]


def main(labctl, folder, chromium, chromedriver):
    browser = Browser(chromium, chromedriver)
    failed = 0
    try:
        say(f"Chromium {browser.version}")
        page = Page(browser, Path(folder), labctl)
        for promise in PROMISES:
            name = promise.__name__.replace("_", " ")
            try:
                promise(page)
                say(f"ok: {name}")
            except Exception as error:
                failed += 1
                say(f"FAILED: {name}: {type(error).__name__}: {error}")
                page.picture(f"failed-{failed}")
        measure(page)
    finally:
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

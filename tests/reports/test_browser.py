"""The site in a real browser: what a reader sees, hears and reaches with the keyboard, from a folder and offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from IPython.core.formatters import DisplayFormatter
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pypdf import PdfReader

import natverk
from natverk.locale import texts
from natverk.pages.prose import Prose, plain
from natverk.pages.tables import TableView
from natverk.reports.record import Failure, Result
from natverk.reports.page import render
from natverk.reports.plan import Page as Planned
from natverk.reports.record import Records, State
from natverk.reports.run import commit
from natverk.reports.site import write_site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: apt-get install chromium)")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIND = texts("sv")("site.index.search")
WHEN = "2026-01-02T03:04:05+00:00"
HOSTILE = {
    "script": "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">",
    "formula": "=cmd|' /C calc'!A0",
    "long": "x" * 3000,
    "override": "abc\u202egnp.exe",
    "rtl": "שלום עולם",
    "nul": "a\x00b\x1b[31mc",
    "markdown": "[a](javascript:x()) **b** `c`",
}
# A region with much evidence and one with little.
REGIONS = [f"{lang}/region_report/{code}" for code in ("14", "19") for lang in ("sv", "en")]
REGION, ENGLISH = (f"{page}.html" for page in REGIONS[:2])
FAILED, HARMED, CODEBOOK = "sv/region_report/12.failed.html", "sv/hostile/0180.html", "data/codebook.html"
# One page of each other report.
OTHERS = (
    "roles_sweden/sverige", "network_profile/eurocities", "portfolio_review/municipality-0180", "strategies/sverige",
    "municipality_profile/1280", "compare/ubc--eurocities",
)  # fmt: skip
OTHER_PAGES = [f"sv/{page}.html" for page in OTHERS]
PAGES = ["index.html", "index.en.html", REGION, ENGLISH, *OTHER_PAGES, FAILED, HARMED, CODEBOOK]
# Run in every page before anything of its own: what the browser would not allow, and what moved.
WATCH = """
window.blocked = []; window.shifts = [];
addEventListener('securitypolicyviolation', event => blocked.push(event.violatedDirective + ' ' + event.blockedURI));
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) shifts.push(e.value); })
  .observe({type: 'layout-shift', buffered: true});
"""

# Open what is folded; rows, sources, code and tables after the first ones are built as those are.
SHORTEN = """
for (const row of document.querySelectorAll('tr:nth-child(n + 4), .nv-sources li:nth-child(n + 4)')) row.remove();
for (const box of [...document.querySelectorAll('details.code')].slice(3)) box.remove();
for (const box of [...document.querySelectorAll('.table-box')].slice(8)) box.remove();
for (const box of document.querySelectorAll('details')) box.open = true;
"""


def planned(out: Path, page_id: str, name: str) -> Planned:
    lang, report, unit = page_id.split("/")
    parameters = {"unit": unit, "lang": lang}
    return Planned(page_id, report, out / f"{report}.ipynb", unit, name, lang, name, parameters, out)


def shown(*items: object) -> dict[str, Any]:
    """Return an executed notebook with one cell that displays these, as the kernel would have stored it."""
    displayed = [DisplayFormatter().format(item) for item in items]
    outputs = [{"output_type": "display_data", "data": data, "metadata": meta} for data, meta in displayed]
    outputs.append({"output_type": "stream", "name": "stdout", "text": "\n".join(HOSTILE.values())})
    cell = {"cell_type": "code", "id": "a", "source": "show()", "metadata": {}, "outputs": outputs}
    return {"cells": [{**cell, "execution_count": 1}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real regions, a page of each other kind, a failed page, one of hostile text, and an index of them all."""
    out = tmp_path_factory.mktemp("site med mellanslag å") / "reports"
    command = [sys.executable, "-m", "natverk.cli", "report", *REGIONS, *(f"sv/{page}" for page in OTHERS)]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    failure = Failure(HOSTILE["script"], f"Traceback\n{HOSTILE['script']}\n{HOSTILE['long']}", "raise KeyError", 3)
    state, records = State("p", {}, {}), Records(out)
    commit(Result(planned(out, "sv/region_report/12", "Skåne"), WHEN, 1.0, failure=failure), state, records)
    frame = pd.DataFrame({"name": list(HOSTILE), "text": list(HOSTILE.values())})
    labels = {"name": "Namn", "text": HOSTILE["script"]}
    table = TableView(frame.to_dict("records"), labels, HOSTILE["script"], [[]] * len(frame))
    prose = [Prose(f"Före {plain(text)} efter.") for text in HOSTILE.values()]
    heading = Prose(f"## {plain(HOSTILE['override'])}", section="odd")
    page = planned(out, "sv/hostile/0180", f"{HOSTILE['script']}{HOSTILE['override']}")
    made = render(shown(Prose(f"# {plain(HOSTILE['script'])}"), heading, *prose, table, frame), page)
    commit(Result(page, WHEN, 1.0, html=made.html, ipynb="{}", files=made.body.files), state, records)
    write_site(out, natverk.load().counties)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def visit(page: Page, path: Path, place: str = "") -> Page:
    page.goto(path.as_uri() + place)
    return page


def open_table(page: Page) -> None:
    """Open the table of all pages, which is folded away at the end of the index."""
    page.evaluate("document.getElementById('technical').open = true")


def visible(page: Page) -> list[str]:
    return [row.inner_text() for row in page.locator("tr[data-find]:visible th a").all()]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_blocked_or_moved(page: Page, site: Path, name: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    visit(page, site / name)
    page.wait_for_timeout(150)
    assert set(asked) <= {"file", "data"}
    assert said == []
    assert page.evaluate("blocked") == []
    assert sum(page.evaluate("shifts")) == 0


def test_the_watch_sees_what_it_watches_for(page: Page, site: Path, tmp_path: Path) -> None:
    html = (site / REGION).read_text(encoding="utf-8")
    late = "<script>document.title = 1</script><p style='color: red'>x</p></body>"
    (tmp_path / "bad.html").write_text(html.replace("</body>", late), encoding="utf-8")
    visit(page, tmp_path / "bad.html")
    assert [text.split()[0] for text in page.evaluate("blocked")] == ["script-src-elem", "style-src-attr"]
    grow = "const p = document.createElement('p'); p.textContent = 'x'.repeat(9000); document.body.prepend(p)"
    page.wait_for_timeout(600)
    page.evaluate(grow)
    page.wait_for_timeout(300)
    assert sum(page.evaluate("shifts")) > 0


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", [name for name in PAGES if name != ENGLISH])
def test_accessibility(browser: Browser, site: Path, name: str, width: int) -> None:
    # axe brings its own script, which the policy of the page would not allow.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 740})
    page = visit(context.new_page(), site / name)
    page.evaluate(SHORTEN)
    if width == 360:
        # What depends on the width; the rest is the same page.
        found = violations(page, {"type": "rule", "values": ["scrollable-region-focusable", "target-size"]})
    else:
        found = violations(page, WCAG)
        if name not in OTHER_PAGES:  # they have the colours of a region page
            page.emulate_media(color_scheme="dark")
            found += violations(page, {"type": "rule", "values": ["color-contrast"]})
    context.close()
    assert [(item["id"], [node["html"][:200] for node in item["nodes"]][:3]) for item in found] == []


def violations(page: Page, rules: object) -> list[dict[str, Any]]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    return list(Axe().run(page, options=options).response["violations"])


@pytest.mark.parametrize(("name", "width"), [*((name, 360) for name in PAGES), ("index.html", 1280), (REGION, 1280)])
def test_no_page_scrolls_sideways(browser: Browser, site: Path, name: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = visit(context.new_page(), site / name)
    for state in ("false", "true"):
        page.evaluate(f"for (const box of document.querySelectorAll('details')) box.open = {state}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} pixels wide"
    context.close()


def test_language_switch_keeps_the_section(page: Page, site: Path) -> None:
    ids = {}
    for name in (REGION, ENGLISH):
        visit(page, site / name)
        ids[name] = page.locator("h2, h3").evaluate_all("tags => tags.map(tag => tag.id)")
    assert ids[REGION] == ids[ENGLISH]
    assert len(ids[REGION]) >= 8
    section = ids[REGION][4]
    visit(page, site / REGION, f"#{section}")
    page.get_by_role("link", name=texts("en")("site.language.switch")).click()
    assert page.url == f"{(site / ENGLISH).as_uri()}#{section}"
    # It is below the header, which stays in view.
    top = page.locator(f"#{section}").bounding_box()["y"]  # type: ignore[index]
    assert page.locator(".top").bounding_box()["height"] <= top < 200  # type: ignore[index]
    page.get_by_role("link", name=texts("sv")("site.language.switch")).click()
    assert page.url == f"{(site / REGION).as_uri()}#{section}"
    # At the top there is no section to keep.
    visit(page, site / "index.html")
    visit(page, site / REGION)
    page.get_by_role("link", name=texts("en")("site.language.switch")).click()
    assert page.url.rstrip("#") == (site / ENGLISH).as_uri()


def test_search_filters_and_follows_to_the_other_language(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    open_table(page)
    assert len(visible(page)) == 4 + len(OTHERS)
    page.get_by_label(FIND).fill("vastra GÖTA")
    assert visible(page) == ["Västra Götaland"]
    assert page.locator("#shown").inner_text() == "1 sida visas"
    assert page.locator("#found a").all_inner_texts() == ["Västra Götaland"]
    page.get_by_label("Språk").select_option("all")
    assert visible(page) == ["Västra Götaland", "Västra Götaland"]
    page.reload()
    open_table(page)
    assert page.get_by_label(FIND).input_value() == "vastra GÖTA"
    page.get_by_role("link", name=texts("en")("site.language.switch")).click()
    assert page.url.split("#")[0] == (site / "index.en.html").as_uri()
    open_table(page)
    assert page.get_by_label(texts("en")("site.index.search")).input_value() == "vastra GÖTA"
    assert len(visible(page)) == 2
    page.get_by_label(texts("en")("site.index.search")).fill("no such page")
    assert visible(page) == []
    assert page.locator("#shown").inner_text() == "0 pages shown"
    page.get_by_label(texts("en")("site.index.search")).fill("")
    page.get_by_label("Language").select_option("en")
    assert visible(page) == ["Västmanland", "Västra Götaland"]


def test_a_page_is_found_by_any_of_its_names_and_enter_opens_the_nearest(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    assert page.locator("#found").is_hidden()
    for name in ("VGR", "Västra Götalandsregionen", "14", "västra  götalands län"):
        page.get_by_label(FIND).fill(name)
        assert page.locator("#found a").first.inner_text() == "Västra Götaland", name
    page.get_by_label(FIND).fill("=1+1")
    assert page.locator("#found").is_hidden()
    page.get_by_label(FIND).fill("vgr")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{REGION}")


def test_a_door_leads_to_examples_and_to_all_of_its_kind(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    door = page.locator(".door").first
    # The page with most sources first, and none that failed.
    assert door.locator(".examples a").all_inner_texts()[:2] == ["Västra Götaland", "Västmanland"]
    door.get_by_role("link").last.click()
    assert page.url.endswith("#report-region_report")
    assert page.locator("#report-region_report ~ ul a").all_inner_texts() == ["Västmanland", "Västra Götaland"]


def test_reports_can_be_chosen(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    open_table(page)
    page.get_by_label("Rapport", exact=True).select_option("hostile")
    assert len(visible(page)) == 1
    assert page.locator(".group:visible").count() == 1


def test_columns_sort_both_ways(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    open_table(page)
    page.get_by_label("Rapport", exact=True).select_option("region_report")
    head = page.get_by_role("columnheader", name="Källor")
    for state, order in (("ascending", ["19", "14", "12"]), ("descending", ["14", "19", "12"])):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == state
        links = page.locator("tr[data-find]:visible th a").evaluate_all("tags => tags.map(tag => tag.href)")
        # The failed page has no number, and stays last.
        assert [link.split("/")[-1].split(".")[0] for link in links] == order
    page.get_by_role("columnheader", name="Sida").get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert visible(page) == ["Skåne", "Västmanland", "Västra Götaland"]


def focused(page: Page) -> str:
    script = "[document.activeElement.tagName, document.activeElement.getAttribute('href') || ''].join(' ')"
    return str(page.evaluate(script))


def test_the_keyboard_reaches_everything_on_the_index(page: Page, site: Path) -> None:
    visit(page, site / "index.html")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert focused(page) == "A #main"
    assert skip.bounding_box()["x"] >= 0  # type: ignore[index]
    reached = []
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.append(focused(page))
        if reached[-1].startswith("BODY"):
            break
    links = page.locator("a:visible, button:visible, input:visible, select:visible, summary:visible").count()
    places = page.locator("[tabindex='0']:visible").count()
    assert len(reached) == links + places  # the skip link is passed, the body is reached at the end
    # Once on the map; as an example, a tile and in its list it is a link of the page itself.
    assert reached.count("a sv/region_report/14.html") == 1
    assert reached.count("A sv/region_report/14.html") == 3
    assert [place for place in reached if place.startswith("INPUT")]
    # A county on the map: its name is seen, and it opens.
    assert not [place for place in reached if place.startswith("g")]
    page.locator("svg a[href='sv/region_report/12.failed.html']").focus()
    assert page.locator(".pointed").inner_text() == "Skåne, misslyckad"
    page.keyboard.press("Enter")
    page.wait_for_url("**/12.failed.html")
    page.go_back()
    open_table(page)
    page.get_by_role("columnheader", name="Status").get_by_role("button").focus()
    page.keyboard.press("Space")
    assert page.get_by_role("columnheader", name="Status").get_attribute("aria-sort") == "ascending"


def test_the_keyboard_goes_through_a_page(page: Page, site: Path) -> None:
    visit(page, site / REGION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page).startswith(("SUMMARY", "A #"))
    page.locator(".contents a").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.url.split("#")[1] == page.locator("h2").nth(2).get_attribute("id")
    box = page.locator(".table-box:visible").first
    box.focus()
    assert box.evaluate("box => box === document.activeElement")
    fold = page.locator("details.nv-fold").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("box => box.open")


def test_tables_and_data_are_downloaded(page: Page, site: Path) -> None:
    visit(page, site / REGION)
    links = page.locator(".get a").evaluate_all("tags => tags.map(tag => decodeURI(tag.getAttribute('href')))")
    assert len(links) >= 10
    assert all((site / REGION).with_name("x").parent.joinpath(link).is_file() for link in links)
    visit(page, site / "index.html")
    with page.expect_download() as wait:
        page.get_by_role("link", name="networks.csv").click()
    assert wait.value.suggested_filename == "networks.csv"
    assert Path(wait.value.path()).read_bytes() == (site / "data" / "networks.csv").read_bytes()


def test_without_script_all_pages_are_listed_and_no_dead_box_is_seen(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = visit(context.new_page(), site / "index.html")
    assert page.locator("#search:visible").count() == 0
    assert page.locator(".links a:visible").count() == 3 + len(OTHERS)
    page.locator("#technical > summary").click()
    assert page.locator("tr[data-find]:visible").count() == 6 + len(OTHERS)
    context.close()


def test_print_shows_what_is_folded_and_leaves_out_what_is_for_the_screen(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    page = visit(context.new_page(), site / REGION)
    folded = page.locator("details.nv-fold").first.locator("tbody tr").last.inner_text()
    path = site / "print.pdf"
    page.pdf(path=path, format="A4")
    context.close()
    with PdfReader(path) as reader:
        text = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    for word in page_words(folded):
        assert word in text
    assert texts("sv")("site.page.show_code") not in text
    assert texts("sv")("site.page.csv") not in text


def page_words(text: str) -> list[str]:
    return [word for word in text.split() if len(word) > 6][:4]


def test_hostile_text_is_shown_as_text(page: Page, site: Path) -> None:
    visit(page, site / HARMED)
    assert page.title() != "taken"
    text = page.locator("main").inner_text()
    for name in ("script", "formula", "long", "markdown"):
        assert text.count(HOSTILE[name]) >= 3, name
    assert page.locator("main img, main script").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0
    source = (site / HARMED).read_text(encoding="utf-8")
    assert not set(source) & set("\x00\x1b\u202e")
    assert "abc\ufffdgnp.exe" in text
    # What follows words from right to left stays to their right, where the sentence goes on.
    order = """() => {
      const bdi = [...document.querySelectorAll('p bdi')][0];
      const rest = document.createRange();
      rest.selectNodeContents(bdi.nextSibling);
      return [bdi.getBoundingClientRect().right, rest.getBoundingClientRect().left];
    }"""
    right, left = page.evaluate(order)
    assert left >= right - 1
    files = sorted((site / "sv" / "hostile" / "data" / "0180").glob("*.csv"))
    assert len(files) == 2
    for file in files:
        frame = pd.read_csv(file, dtype="str")
        assert "'" + HOSTILE["formula"] in frame.to_numpy().ravel().tolist()
        assert "\x00" not in file.read_text(encoding="utf-8")
    visit(page, site / "index.html")
    assert page.title() != "taken"
    open_table(page)
    assert "<script>" in page.locator("#table").inner_text()


def test_a_page_of_the_biggest_region_is_no_bigger_than_it_may_be(site: Path) -> None:
    sizes = {name: (site / name).stat().st_size for name in (REGION, ENGLISH, *OTHER_PAGES)}
    assert max(sizes.values()) <= 1_500_000, sizes


# --- What stands behind a number


def shown_panel(page: Page) -> tuple[str, list[str]]:
    """Return the panel as a screen reader has it: its name, and the rows it lists."""
    panel = page.get_by_role("dialog")
    label = page.locator(f"#{panel.get_attribute('aria-labelledby')}").inner_text()
    return label, panel.locator("ol > li > p:first-child").all_inner_texts()


@pytest.mark.parametrize(("name", "lang"), [(REGION, "sv"), (ENGLISH, "en")])
def test_a_number_is_followed_to_its_rows_by_keyboard(page: Page, site: Path, name: str, lang: str) -> None:
    t = texts(lang)
    visit(page, site / name)
    stops = page.locator("article [role=button], article button").count()
    toggle = page.get_by_role("button", name=t("site.panel.show"))
    assert stops == 0
    assert toggle.get_attribute("aria-pressed") == "false"
    toggle.focus()
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-pressed") == "true"
    places = page.locator("article [role=button], article .nv-why")
    assert page.get_by_role("status").inner_text() == t("site.panel.on_other", n=places.count())
    assert places.count() == page.locator("article [data-rows]:not([data-rows=''])").count()
    number = page.locator("article [role=button][data-rule=cooperation]").first
    number.focus()
    rows = str(number.get_attribute("data-rows")).split()
    page.keyboard.press("Enter")
    label, listed = shown_panel(page)
    assert label == number.inner_text()
    assert len(listed) == len(rows)
    panel = page.get_by_role("dialog")
    assert panel.locator("code").all_inner_texts() == rows
    assert panel.get_by_text(t("provenance.rule.cooperation")).is_visible()
    assert panel.get_by_role("link").first.get_attribute("href").startswith("http")  # type: ignore[union-attr]
    # The focus is in the panel, and goes back to the number.
    assert panel.evaluate("box => box.contains(document.activeElement)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "nv-close"
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert number.evaluate("tag => tag === document.activeElement")
    # A line of a table has its own button; it says which line.
    line = page.locator("tr[data-rows] .nv-why:visible").first
    line.focus()
    page.keyboard.press("Space")
    label, listed = shown_panel(page)
    assert line.get_attribute("aria-label") == f"{t('site.panel.why')}: {label}"
    assert listed
    page.get_by_role("button", name=t("site.panel.close")).click()
    assert line.evaluate("tag => tag === document.activeElement")
    toggle.click()
    assert page.locator("article [role=button], article .nv-why").count() == 0
    assert page.get_by_role("status").inner_text() == t("site.panel.off")


def test_a_number_is_followed_by_the_pointer_and_links_lead_on(page: Page, site: Path) -> None:
    visit(page, site / REGION)
    before = page.locator("article").inner_html()
    number = page.locator("article span[data-rule=claim]").first
    number.click()
    assert shown_panel(page)[0] == number.inner_text()
    page.keyboard.press("Escape")
    assert number.evaluate("tag => tag === document.activeElement")
    # A number of a table without rows of its own is followed to those of its line.
    fold = page.locator("details.nv-fold:has(table[data-rule=municipal])")
    fold.locator("summary").click()
    cell = fold.locator("td.nv-number").first
    cell.click()
    label, listed = shown_panel(page)
    assert label.endswith(f": {cell.inner_text()}")
    assert len(listed) >= int(cell.inner_text())
    page.keyboard.press("Escape")
    toggle = page.get_by_role("button", name=texts("sv")("site.panel.show"))
    toggle.click()
    toggle.click()
    fold.locator("summary").click()
    tidy = "for (const tag of document.querySelectorAll('article [tabindex=\"-1\"]')) tag.removeAttribute('tabindex')"
    page.evaluate(tidy)
    assert page.locator("article").inner_html() == before
    source = page.locator("article td a[href^='#source-']:visible").first
    source.click()
    assert page.get_by_role("dialog").count() == 0
    assert page.url.endswith(str(source.get_attribute("href")))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("name", "lang"), [(REGION, "sv"), (ENGLISH, "en")])
def test_the_panel_is_accessible(browser: Browser, site: Path, name: str, lang: str, width: int) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 740})
    page = visit(context.new_page(), site / name)
    page.evaluate(SHORTEN)
    page.get_by_role("button", name=texts(lang)("site.panel.show")).click()
    found = violations(page, WCAG)
    page.locator("article [role=button][data-rule=claim]").first.click()
    found += violations(page, WCAG)
    page.emulate_media(color_scheme="dark")
    found += violations(page, {"type": "rule", "values": ["color-contrast"]})
    box = page.get_by_role("dialog").bounding_box()
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert [(item["id"], [node["html"][:200] for node in item["nodes"]][:3]) for item in found] == []
    assert wide <= width
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    # On a phone the page stays in sight above it.
    assert box["height"] <= (0.6 * 740 if width == 390 else 740) + 1


def test_without_script_or_on_paper_there_is_no_panel(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = visit(context.new_page(), site / REGION)
    assert page.locator(".nv-toggle:visible, .nv-panel:visible").count() == 0
    assert page.get_by_role("status").inner_text() == ""
    context.close()
    context = browser.new_context()
    page = visit(context.new_page(), site / REGION)
    page.locator(".nv-toggle").click()
    page.locator("article [role=button]").first.click()
    page.emulate_media(media="print")
    assert page.locator(".nv-toggle:visible, .nv-panel:visible, .nv-why:visible").count() == 0
    context.close()

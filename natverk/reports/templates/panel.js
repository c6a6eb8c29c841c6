(() => {
  // What stands behind a number: its rows, their sources, and the rule that made it of them.
  const store = document.getElementById("nv-provenance");
  if (!store) return;
  const panel = document.getElementById("nv-panel"), words = panel.dataset;
  const toggle = document.querySelector(".nv-toggle"), said = document.querySelector(".nv-said");
  const title = panel.querySelector("h2"), rule = document.getElementById("nv-panel-rule");
  const RESTING = "[data-rows]:not([data-rows=''])";
  let known, opener, undo = [];
  const content = () => {
    if (!known) {
      const { tables, rules, own } = JSON.parse(store.textContent);
      const rows = new Map(tables.flatMap(([table, items]) => items.map(item => [item[0], [table, ...item]])));
      known = { rows, rules, own: new Set(own) };
    }
    return known;
  };
  const make = (name, type, ...parts) => {
    const tag = document.createElement(name);
    if (type) tag.className = type;
    tag.append(...parts);
    return tag;
  };
  const counted = (n, key) => words[key + (n === 1 ? "One" : "Other")].replace("{n}", n);
  const textOf = tag => {
    const copy = tag.cloneNode(true);
    for (const mark of copy.querySelectorAll(".nv-why")) mark.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const short = text => text.length > 90 ? `${text.slice(0, 88)}…` : text;
  // A line of a table is called by its first cells, a number in it by its column too.
  const nameOf = place => {
    const row = place.closest("tr"), cell = place.closest("td"), own = textOf(place);
    if (!row) return short(own);
    const line = short([...row.cells].slice(0, 3).filter(other => other !== cell).map(textOf).filter(Boolean).join(" · "));
    const head = cell && cell.closest("table").tHead?.rows[0].cells[cell.cellIndex];
    return cell ? `${line} · ${head ? `${textOf(head)}: ` : ""}${short(own)}` : line;
  };
  // A source stands at the end of the page: what is there is shown here too.
  const source = number => {
    const item = document.getElementById(`source-${number}`);
    return make("li", "", `[${number}] `, ...(item ? item.cloneNode(true).childNodes : []));
  };
  const rowItem = id => {
    const { rows, own } = content();
    const [table, , text, sources, place] = rows.get(id) || ["", id, id, []];
    const line = make("p", "", text), about = make("p", "small", `${table} `, make("code", "", id));
    line.dir = "auto";
    if (own.has(id)) about.append(" ", make("strong", "nv-own", words.own));
    const list = make("ul", "", ...(sources.length ? sources.map(source) : [words.none]));
    if (place) {
      const where = make("span", "", place);
      if (document.documentElement.lang !== "en") where.lang = "en";
      list.append(make("li", "", `${words.place}: `, where));
    }
    return make("li", "", line, about, list);
  };
  const open = (resting, from) => {
    const ids = [...new Set(resting.dataset.rows.split(" ").filter(Boolean))], table = resting.closest("table");
    const named = resting.dataset.rule || (resting.matches("tr") && table?.dataset.rule);
    const usual = resting.matches("tr") ? "line" : resting.matches(".nv-count") ? "counted" : "told";
    opener = from;
    title.textContent = nameOf(from.matches(".nv-why") ? resting : from);
    panel.querySelector("p.small").textContent = table?.getAttribute("aria-label") || "";
    rule.textContent = content().rules[named || usual];
    panel.querySelector(".nv-n").textContent = counted(ids.length, "rows");
    panel.querySelector("ol").replaceChildren(...ids.map(rowItem));
    panel.hidden = false;
    panel.scrollTop = 0;
    title.focus();
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    // What was opened by the pointer takes the focus back, and is no stop of the keyboard.
    if (opener.tabIndex < 0) opener.tabIndex = -1;
    opener.focus({ preventScroll: true });
  };
  // Shown: short texts become buttons, whatever else rests on rows gets one. Otherwise the keyboard passes them by.
  const button = resting => {
    const given = { role: "button", tabindex: "0", "aria-haspopup": "dialog" };
    for (const [name, value] of Object.entries(given)) resting.setAttribute(name, value);
    undo.push(() => { for (const name of Object.keys(given)) resting.removeAttribute(name); });
  };
  const mark = resting => {
    const sign = make("button", "nv-why", "i");
    sign.type = "button";
    sign.setAttribute("aria-haspopup", "dialog");
    sign.setAttribute("aria-label", `${words.why}: ${nameOf(resting)}`);
    (resting.cells ? resting.cells[0] : resting).append(" ", sign);
    undo.push(() => { sign.previousSibling.remove(); sign.remove(); });
  };
  toggle.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-pressed") === "false";
    close();
    for (const back of undo) back();
    undo = [];
    const places = on ? [...document.querySelectorAll(`article ${RESTING}`)].filter(one => !one.closest("a, summary")) : [];
    for (const one of places) {
      (one.matches("span") && !one.querySelector("a, span") && one.textContent.length < 60 ? button : mark)(one);
    }
    toggle.setAttribute("aria-pressed", on);
    toggle.focus();
    said.textContent = on ? counted(places.length, "on") : words.off;
  });
  document.addEventListener("click", event => {
    const place = event.target.closest(`.nv-why, article span${RESTING}, article .nv-number`);
    const resting = place && place.closest(RESTING);
    const follows = event.target.closest("a, summary") || (!place?.matches(".nv-why") && String(getSelection()));
    if (resting && !follows) open(resting, place);
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") close();
    const place = event.target.closest("[role=button][data-rows]");
    if (!place || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    open(place, place);
  });
  panel.querySelector(".nv-close").addEventListener("click", close);
})();

(() => {
  // One listener around the map: some browsers give the keyboard a stop at every shape that listens itself.
  const map = document.querySelector(".real");
  const name = map.querySelector(".pointed");
  const say = event => {
    const county = event.target.closest("svg > *");
    name.textContent = county ? county.querySelector("title").textContent : name.dataset.rest;
  };
  for (const kind of ["pointerover", "focusin"]) map.addEventListener(kind, say);
  for (const kind of ["pointerleave", "focusout"]) map.addEventListener(kind, () => { name.textContent = name.dataset.rest; });
  const table = document.getElementById("table");
  if (!table) return;
  const own = document.documentElement.lang;
  const fields = Object.fromEntries(["search", "report", "language"].map(id => [id, document.getElementById(id)]));
  const shown = document.getElementById("shown");
  const bare = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...table.querySelectorAll("tr[data-find]")].map(row => [row, bare(row.dataset.find)]);
  const found = document.getElementById("found");
  const MOST = 10;
  const value = id => fields[id]?.value ?? "";

  // What was looked for stands in the address, so that it can be sent on and follows to the other language.
  const kept = () => {
    const place = new URLSearchParams();
    if (value("search")) place.set("q", value("search"));
    if (value("report")) place.set("report", value("report"));
    if (value("language") === "all") place.set("lang", "all");
    return place.toString();
  };
  const remember = () => {
    try { history.replaceState(null, "", `#${kept()}`); } catch { /* A browser may not allow it for a file. */ }
  };
  // How near a page is to what was typed: its very name or number (that may have lost the zero before it), the
  // beginning of its name, of another of its names.
  const distance = ([row, text], typed) => {
    const names = text.split(" | ");
    if (row.dataset.find.toLowerCase().split(" | ")[0] === value("search").trim().toLowerCase()) return -1;
    if (names[0] === typed || names[1] === typed || names[1] === `0${typed}`) return 0;
    if (names.includes(typed)) return 1;
    return names[0].startsWith(typed) ? 2 : names.some(name => name.startsWith(typed)) ? 3 : 4;
  };
  // The pages in the reader's language, the nearest first, right below the field.
  const list = matching => {
    const typed = bare(value("search")).trim().replace(/\s+/g, " ");
    const near = typed ? matching.filter(([row]) => row.dataset.status !== "failed") : [];
    near.sort((a, b) => distance(a, typed) - distance(b, typed));
    found.replaceChildren(...near.slice(0, MOST).map(([row]) => {
      const item = document.createElement("li"), link = row.querySelector("th a").cloneNode(true);
      const kind = document.createElement("span");
      kind.className = "quiet";
      kind.textContent = ` ${row.dataset.kind}${row.dataset.lang === own ? "" : ` (${row.cells[1].textContent})`}`;
      item.append(link, kind);
      return item;
    }));
    if (near.length > MOST) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = "#technical";
      link.textContent = found.dataset.more.replace("{n}", near.length - MOST);
      link.addEventListener("click", () => { document.getElementById("technical").open = true; });
      item.append(link);
      found.append(item);
    }
    found.hidden = !near.length;
    shown.hidden = !typed;
  };
  const filter = () => {
    const words = bare(value("search")).split(/\s+/).filter(Boolean);
    const language = value("language") || "all";
    const matching = [];
    for (const pair of rows) {
      const [row, text] = pair;
      const right = (language === "all" || row.dataset.lang === language)
        && (!value("report") || row.parentElement.dataset.report === value("report"));
      row.hidden = !right || !words.every(word => text.includes(word));
      if (!row.hidden) matching.push(pair);
    }
    for (const group of table.tBodies) group.hidden = !group.querySelector("tr[data-find]:not([hidden])");
    table.className = "";
    const n = matching.length;
    list(matching);
    shown.textContent = (n === 1 ? shown.dataset.one : shown.dataset.other).replace("{n}", n);
  };
  const restore = () => {
    const place = new URLSearchParams(location.hash.slice(1));
    if (!["q", "report", "lang"].some(key => place.has(key))) return;
    fields.search.value = place.get("q") ?? "";
    if (fields.report) fields.report.value = place.get("report") ?? "";
    if (fields.report && fields.report.selectedIndex < 0) fields.report.value = "";
    if (fields.language && place.get("lang") === "all") fields.language.value = "all";
  };
  for (const field of Object.values(fields)) field?.addEventListener("input", () => { filter(); remember(); });
  // Enter opens the nearest.
  fields.search.addEventListener("keydown", event => {
    if (event.key === "Enter") found.querySelector("a")?.click();
  });
  // A door opens the list that it leads to.
  for (const link of document.querySelectorAll(".door a[href^='#']")) {
    link.addEventListener("click", () => {
      const list = document.getElementById(link.hash.slice(1)).closest("section").querySelector("details");
      if (list) list.open = true;
    });
  }
  for (const link of document.querySelectorAll(".switch")) {
    link.addEventListener("click", () => { link.hash = kept() || (location.hash.includes("=") ? "" : location.hash); });
  }

  const order = new Intl.Collator(own, { numeric: true });
  const heads = [...table.querySelectorAll("thead th[aria-sort]")];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    // Spaces stand between thousands.
    const cell = row => row.cells[column].textContent.trim().replace(/(?<=\d)[\s,](?=\d{3}\b)/g, "");
    for (const group of table.tBodies) {
      const own = [...group.querySelectorAll("tr[data-find]")].map(row => [row, cell(row)]);
      own.sort(([, a], [, b]) => (a === "–") - (b === "–") || (down ? -1 : 1) * order.compare(a, b));
      group.append(...own.map(([row]) => row));
    }
  }));
  restore();
  filter();
})();

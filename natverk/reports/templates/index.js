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
  const filter = () => {
    const words = bare(value("search")).split(/\s+/).filter(Boolean);
    const language = value("language") || "all";
    let n = 0;
    for (const [row, text] of rows) {
      const right = (language === "all" || row.dataset.lang === language)
        && (!value("report") || row.parentElement.dataset.report === value("report"));
      row.hidden = !right || !words.every(word => text.includes(word));
      if (!row.hidden) n += 1;
    }
    for (const group of table.tBodies) group.hidden = !group.querySelector("tr[data-find]:not([hidden])");
    table.className = "";
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
  // A link to a report shows it, whatever was looked for before.
  for (const link of document.querySelectorAll(".kinds a")) {
    link.addEventListener("click", () => {
      fields.search.value = "";
      if (fields.report) fields.report.value = "";
      filter();
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

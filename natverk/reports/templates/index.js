(() => {
  const field = document.getElementById("search");
  if (!field) return;
  const bare = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...document.querySelectorAll("#table tbody tr")].map(row => [row, bare(row.dataset.find)]);
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = bare(field.value).split(/\s+/).filter(Boolean);
    let n = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every(word => text.includes(word));
      if (!row.hidden) n += 1;
    }
    shown.textContent = words.length ? (n === 1 ? shown.dataset.one : shown.dataset.other).replace("{n}", n) : "";
  };
  field.closest(".search").hidden = false;
  field.addEventListener("input", filter);
  filter();
})();

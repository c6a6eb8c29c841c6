(() => {
  const links = document.querySelectorAll("nav a[hreflang]");
  const headings = [...document.querySelectorAll("h2[id], h3[id]")];
  // The same section in the other language: the last heading that has been scrolled past.
  const place = () => {
    const passed = headings.filter(heading => heading.getBoundingClientRect().top < innerHeight / 3);
    return scrollY > 0 && passed.length ? `#${passed.at(-1).id}` : "";
  };
  const keep = event => { event.currentTarget.hash = place(); };
  for (const link of links) for (const kind of ["pointerdown", "focus", "click"]) link.addEventListener(kind, keep);
  // Browsers that do not print what is folded away otherwise.
  const folded = document.querySelectorAll("details.nv-fold");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...folded].filter(box => !box.open);
    for (const box of opened) box.open = true;
  });
  addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
})();

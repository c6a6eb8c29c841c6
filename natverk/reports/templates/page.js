(() => {
  // Beside the text the contents stand open; above it, on a narrow screen, they would push question and answer away.
  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(min-width: 68rem)").matches) contents.open = true;
  const links = document.querySelectorAll("nav a[hreflang]");
  const headings = [...document.querySelectorAll("main h2[id], main h3[id]")];
  // The same section in the other language: the last heading that has been scrolled past.
  const place = () => {
    const passed = headings.filter(heading => heading.getBoundingClientRect().top < innerHeight / 3);
    return scrollY > 0 && passed.length ? `#${passed.at(-1).id}` : "";
  };
  const keep = event => { event.currentTarget.hash = place(); };
  for (const link of links) for (const kind of ["pointerdown", "focus", "click"]) link.addEventListener(kind, keep);
  // A figure that is wider than the screen scrolls in its own box: the keyboard reaches it then, and only then.
  const boxes = document.querySelectorAll(".nv-scroll, figure:not(:has(.nv-scroll))");
  const reach = () => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reach);
  reach();
  // A link to what is folded away opens it, in browsers that do not do so themselves.
  const unfold = () => {
    const goal = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const box = goal && goal.closest("details.nv-fold");
    if (!box || box.open) return;
    box.open = true;
    goal.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  // Browsers that do not print what is folded away otherwise.
  const folded = document.querySelectorAll("details.nv-fold");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...folded].filter(box => !box.open);
    for (const box of opened) box.open = true;
  });
  addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
})();

"use strict";
// Sorts and filters tables, and opens what a link leads into. The page is whole without it.
(() => {
  const text = (row, column) => row.cells[column].textContent.trim();
  const compare = new Intl.Collator("en", { numeric: true }).compare;

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const rows = [...table.tBodies[0].rows];
        rows.sort((one, other) => sign * compare(text(one, column), text(other, column)));
        table.tBodies[0].append(...rows);
      });
    });
  }

  for (const controls of document.querySelectorAll(".controls")) {
    const table = controls.parentElement.querySelector("table");
    const wanted = controls.querySelector("[data-filter]");
    const select = controls.querySelector("[data-select]");
    const count = controls.querySelector("[data-count]");
    const rows = [...table.tBodies[0].rows];
    const filter = () => {
      const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const all = row.textContent.toLowerCase();
        const fits = words.every((word) => all.includes(word));
        row.hidden = !fits || (select.value !== "" && text(row, Number(select.dataset.select)) !== select.value);
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    };
    wanted.addEventListener("input", filter);
    select.addEventListener("change", filter);
    controls.hidden = false;
    filter();
  }

  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (place) {
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
      place.scrollIntoView({ block: place.matches(".hit") ? "center" : "start" });
    }
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // On paper nothing can be unfolded. What is long, and follows from what is told already, stays folded.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter(
      (one) => !one.closest("#outputs, #results") && !one.querySelector(".follows"),
    );
    for (const one of opened) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();

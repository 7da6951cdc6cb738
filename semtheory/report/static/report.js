"use strict";

const query = (selector) => Array.from(document.querySelectorAll(selector));

// Theme: a button that says what it will do.
const button = document.getElementById("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
button.hidden = false;
label();
system.addEventListener("change", label);
button.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  try { localStorage.setItem("semtheory-theme", document.documentElement.dataset.theme); } catch (error) { /* kept for this page alone */ }
  label();
});

// What is wider than the page scrolls by itself, and the keyboard must reach it.
const reachable = () => {
  for (const box of query(".formula, .scroll, pre")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.matches(".formula") ? "formula, scrolls sideways" : "scrolls sideways");
    } else if (box.hasAttribute("tabindex")) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
};
reachable();
addEventListener("resize", reachable);
for (const details of query("details")) details.addEventListener("toggle", reachable);

// Search and filters, over the table and the graph at once.
const filters = document.getElementById("filters");
if (filters) {
  const [search, chapter, level] = ["search", "chapter", "level"].map((id) => document.getElementById(id));
  const rows = query("#all tr.row");
  const nodes = new Map(query(".node").map((node) => [node.dataset.id, node]));
  const found = document.getElementById("found");
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.dataset.text.includes(word))
        && (!chapter.value || row.dataset.chapter === chapter.value)
        && (!level.value || (level.value === "failing" ? row.classList.contains("failing") : row.dataset.level === level.value));
      row.hidden = !fits;
      nodes.get(row.dataset.id).classList.toggle("dim", !fits);
      shown += fits;
    }
    for (const body of query("#all tbody")) body.hidden = !body.querySelector("tr.row:not([hidden])");
    found.textContent = shown === rows.length ? `all ${rows.length}` : `${shown} of ${rows.length}`;
  };
  filters.hidden = false;
  filters.addEventListener("input", apply);
  filters.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

// The graph: zoom, and everything that the theorem under the pointer or the focus rests on or carries.
const graph = document.getElementById("graph");
if (graph) {
  const svg = graph.querySelector("svg");
  const [width, height] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
  let scale = 1;
  const zoom = (to) => {
    const middle = (graph.scrollLeft + graph.clientWidth / 2) / scale;
    scale = Math.min(4, Math.max(0.25, to));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    graph.scrollLeft = middle * scale - graph.clientWidth / 2;
  };
  const fitting = () => (graph.clientWidth - 2) / width;
  const actions = { in: () => zoom(scale * 1.25), out: () => zoom(scale / 1.25), fit: () => zoom(fitting()) };
  document.getElementById("zoom").hidden = false;
  for (const control of query("[data-zoom]")) control.addEventListener("click", actions[control.dataset.zoom]);
  graph.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
  }, { passive: false });
  zoom(Math.min(1.35, Math.max(0.8, fitting())));
  graph.scrollLeft = 0;

  const edges = query(".edges path");
  const reach = (start, from, to) => {
    const seen = new Set([start]);
    const lit = [];
    for (const id of seen) {
      for (const edge of edges) if (edge.dataset[from] === id) { lit.push(edge); seen.add(edge.dataset[to]); }
    }
    return lit;
  };
  const dark = () => { svg.classList.remove("tracing"); for (const edge of edges) edge.classList.remove("lit"); };
  for (const node of query(".node")) {
    const light = () => {
      dark();
      const lit = [...reach(node.dataset.id, "from", "to"), ...reach(node.dataset.id, "to", "from")];
      svg.classList.toggle("tracing", lit.length > 0);
      for (const edge of lit) edge.classList.add("lit");
    };
    node.addEventListener("pointerenter", light);
    node.addEventListener("focus", light);
    node.addEventListener("pointerleave", dark);
    node.addEventListener("blur", dark);
  }
}

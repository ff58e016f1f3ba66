// A select as Discord draws it: a box that opens a list of options with descriptions.

import { el, icon } from "./dom.js";

// What the composer covers at the foot of the window, and the page's own lines at its head.
const COMPOSER_PX = 90;
const HEAD_PX = 80;

let count = 0;

/** `pick(element, values)` is called once a choice is complete: at once for one value, on closing for several. */
export function selectMenu({ label, options, min = 1, max = 1, disabled = false, pick }) {
  const id = `select-${(count += 1)}`;
  const chosen = new Set(options.filter((option) => option.default).map((option) => option.value));
  const shown = el("span", { class: "s-shown" });
  const box = el(
    "button",
    {
      type: "button", class: "s-box", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
      "aria-controls": id, "aria-label": label, disabled,
    },
    shown,
    icon("down"),
  );
  const list = el("div", {
    id, class: "s-list", role: "listbox", tabindex: "-1", "aria-label": label, "aria-multiselectable": max > 1, hidden: true,
  });
  const root = el("div", { class: "s-root" }, box, list);
  const rows = options.map((option) => optionRow(option));
  list.append(...rows);
  let before = "";

  const key = () => [...chosen].sort().join("\n");

  function refresh() {
    const names = options.filter((option) => chosen.has(option.value)).map((option) => option.label);
    shown.textContent = names.length > 0 ? names.join(", ") : label;
    shown.classList.toggle("placeholder", names.length === 0);
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(chosen.has(options[index].value))));
  }

  function open() {
    before = key();
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    const { top, bottom } = root.getBoundingClientRect();
    const hasRoomBelow = bottom + list.offsetHeight <= window.innerHeight - COMPOSER_PX;
    list.classList.toggle("above", !hasRoomBelow && top - list.offsetHeight > HEAD_PX);
    (rows.find((row) => row.getAttribute("aria-selected") === "true") ?? rows[0])?.focus();
  }

  function close() {
    if (list.hidden) return;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    if (max === 1 || key() === before) return;
    if (chosen.size >= min) return pick(box, [...chosen]);
    chosen.clear();
    before.split("\n").filter(Boolean).forEach((value) => chosen.add(value));
    return refresh();
  }

  function toggle(value) {
    if (max === 1) {
      const isTakenBack = min === 0 && chosen.has(value);
      chosen.clear();
      if (!isTakenBack) chosen.add(value);
      before = key();
      close();
      box.focus();
      refresh();
      pick(box, [...chosen]);
      return;
    }
    if (!chosen.delete(value) && chosen.size < max) chosen.add(value);
    refresh();
  }

  function optionRow(option) {
    const row = el(
      "div",
      { class: "s-option", role: "option", tabindex: "-1", "aria-selected": "false" },
      el("span", { class: "s-label" }, option.emoji ? `${option.emoji.name} ` : "", option.label),
      option.description ? el("span", { class: "s-description" }, option.description) : null,
    );
    row.addEventListener("click", () => toggle(option.value));
    return row;
  }

  function step(event) {
    const at = rows.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (event.key in moves) rows.at(moves[event.key] % rows.length)?.focus();
    else if (event.key === "Enter" || event.key === " ") rows[at]?.click();
    else if (event.key === "Escape") {
      close();
      box.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  box.addEventListener("click", () => (list.hidden ? open() : close()));
  list.addEventListener("keydown", step);
  root.addEventListener("focusout", (event) => {
    if (!root.contains(event.relatedTarget)) close();
  });
  refresh();
  return root;
}

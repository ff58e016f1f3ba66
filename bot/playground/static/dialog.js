// The modal form and the menu of a message.

import { el, icon, place } from "./dom.js";
import { renderMarkdown } from "./markdown.js";
import { selectMenu } from "./select.js";

/** Show a modal; `send(values)` gets custom_id → text or list of values. */
export function openModal(modal, { warning, names, pickable, send, cancel }) {
  const readers = new Map();
  const error = el("p", { class: "d-error", role: "alert" });
  const fields = modal.components.map((item) => drawField(item, { readers, names, pickable }));
  const form = el(
    "form",
    { method: "dialog", novalidate: true },
    el(
      "header",
      { class: "d-head" },
      el("h2", { id: "modal-title" }, modal.title),
      el("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => dialog.close("cancel") }, icon("close")),
    ),
    warning ? el("p", { class: "d-warning" }, warning) : null,
    el("div", { class: "d-fields" }, fields),
    error,
    el(
      "footer",
      { class: "d-foot" },
      el("button", { type: "button", class: "button secondary", onclick: () => dialog.close("cancel") }, "Cancel"),
      el("button", { type: "submit", class: "button primary" }, "Submit"),
    ),
  );
  const dialog = el("dialog", { class: "modal", "aria-labelledby": "modal-title" }, form);
  form.addEventListener("submit", (event) => {
    const missing = [...readers.values()].find((reader) => !reader.complete());
    if (missing) {
      event.preventDefault();
      error.textContent = missing.complaint;
      missing.focus();
      return;
    }
    send(Object.fromEntries([...readers].map(([id, reader]) => [id, reader.value()])));
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "cancel") cancel();
    dialog.remove();
  });
  dialog.addEventListener("cancel", () => cancel());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input, textarea, .s-box")?.focus();
}

function drawField(item, context) {
  if (item.type === 1) return el("div", {}, item.components.map((inner) => drawControl(inner, inner.label, null, context)));
  if (item.type === 18) return drawControl(item.component, item.label, item.description, context);
  if (item.type === 10) return el("div", { class: "markdown" }, renderMarkdown(item.content, context.names));
  return el("p", { class: "c-unknown" }, `Component of type ${item.type}`);
}

function drawControl(control, label, description, context) {
  const required = control.required ?? true;
  const id = `field-${control.custom_id}`;
  const head = el("label", { for: id, class: "d-label" }, label ?? control.custom_id, required ? el("span", { class: "d-star", "aria-hidden": "true" }, " *") : null);
  const note = description ? el("p", { class: "d-note" }, description) : null;
  const draw = { 4: textInput, 23: checkbox }[control.type] ?? choiceInput;
  const input = draw(control, { id, required, label, ...context });
  return el("div", { class: "d-field" }, head, note, input);
}

function textInput(control, { id, required, label, readers }) {
  const input = el(control.style === 2 ? "textarea" : "input", {
    id, class: "d-input", placeholder: control.placeholder, minlength: control.min_length, maxlength: control.max_length ?? 4000,
    "aria-required": String(required), autocomplete: "off", rows: control.style === 2 ? "4" : null,
  });
  input.value = control.value ?? "";
  readers.set(control.custom_id, {
    value: () => input.value,
    complete: () => (input.value === "" ? !required : input.value.length >= (control.min_length ?? 0)),
    complaint: `“${label}” is required${control.min_length ? `, at least ${control.min_length} characters` : ""}.`,
    focus: () => input.focus(),
  });
  return input;
}

function checkbox(control, { id, readers }) {
  const input = el("input", { id, type: "checkbox", class: "d-checkbox", checked: control.default });
  readers.set(control.custom_id, { value: () => input.checked, complete: () => true, focus: () => input.focus() });
  return input;
}

/** Selects, radio groups and groups of check boxes: all are lists to choose from. */
function choiceInput(control, { required, label, readers, pickable }) {
  const single = control.type === 21;
  const options = control.options ?? pickable(control);
  let picked = options.filter((option) => option.default).map((option) => option.value);
  const menu = selectMenu({
    label: label ?? control.placeholder ?? "Make a selection",
    options,
    min: control.min_values ?? 1,
    max: control.max_values ?? (control.type === 22 ? options.length : 1),
    pick: (element, values) => {
      picked = values;
    },
  });
  readers.set(control.custom_id, {
    value: () => (single ? picked[0] ?? "" : picked),
    complete: () => !required || picked.length >= (control.min_values ?? 1),
    complaint: `Choose something for “${label}”.`,
    focus: () => menu.querySelector(".s-box").focus(),
  });
  return menu;
}

let openMenuElement = null;
let focusedBefore = null;

/** The focus goes back to where it was, unless it is somewhere else already. */
export function closeMenu() {
  const menu = openMenuElement;
  const held = menu?.contains(document.activeElement);
  openMenuElement = null;
  menu?.remove();
  if (held) focusedBefore?.focus();
}

/** `groups`: lists of `{label, danger, run}`; the second of them may carry a `title`. */
export function openMenu(groups, at) {
  closeMenu();
  const menu = el("div", { class: "menu", role: "menu", "aria-label": "Message menu", tabindex: "-1" });
  for (const group of groups.filter((candidate) => candidate.items.length > 0)) {
    const box = el("div", { class: "menu-group", role: "group", "aria-label": group.title });
    if (group.title) box.append(el("div", { class: "menu-title", "aria-hidden": "true" }, group.title));
    for (const item of group.items) {
      box.append(
        el("button", {
          type: "button", role: "menuitem", class: item.danger ? "menu-item danger" : "menu-item",
          onclick: () => {
            closeMenu();
            item.run();
          },
        }, item.label),
      );
    }
    menu.append(box);
  }
  menu.addEventListener("keydown", (event) => stepMenu(menu, event));
  menu.addEventListener("focusout", (event) => !menu.contains(event.relatedTarget) && closeMenu());
  document.body.append(menu);
  openMenuElement = menu;
  focusedBefore = document.activeElement;
  place(menu, at);
  menu.querySelector("[role=menuitem]")?.focus();
}

function stepMenu(menu, event) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  // The menu stands at the end of the page: Tab goes on from where it was opened.
  if (event.key === "Tab") return closeMenu();
  if (event.key === "Escape") closeMenu();
  else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items.at(at - 1).focus();
  else return undefined;
  return event.preventDefault();
}

document.addEventListener("mousedown", (event) => {
  if (openMenuElement && !openMenuElement.contains(event.target)) closeMenu();
});

// The line a person types into: a message, or a slash command with its options.

import { el, icon } from "./dom.js";
import { FILE, fixedChoices, leaves, offered, readFile, readValue } from "./command.js";

const AUTOCOMPLETE_PAUSE_MS = 250;
const NO_MATCH = "No options match your search";

/** What must be given, and how much more may be. */
function hints(options) {
  const optional = options.filter((option) => !option.required).length;
  const required = options.filter((option) => option.required).map((option) => option.name);
  return optional > 0 ? [...required, `+${optional} optional`] : required;
}

/** Whether there is an option that a text can go into first. */
const takesText = (leaf) => leaf.options.length > 0 && leaf.options[0].type !== FILE;

export class Composer {
  /** `desk`: channel(), commands(), users(), roles(), pickable(select), post(text), slash(path, options), autocomplete(...). */
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.leaf = null;
    this.pills = [];
    this.at = -1;
    this.asked = 0;
    this.timer = null;
    this.list = el("div", { class: "picker", role: "listbox", id: "picker", "aria-label": "Suggestions", hidden: true });
    this.error = el("p", { class: "composer-error", role: "alert" });
    this.line = el("div", { class: "composer-line" });
    root.append(this.list, this.line, this.error);
    root.addEventListener("keydown", (event) => this.onKey(event));
    this.showText();
  }

  /** Back to an empty line for an ordinary message. */
  showText(text = "") {
    this.leaf = null;
    this.pills = [];
    this.hide();
    this.error.textContent = "";
    const channel = this.desk.channel();
    const target = channel ? (channel.kind === "dm" ? `@${channel.name}` : `#${channel.name}`) : "";
    this.input = el("textarea", {
      class: "composer-input", rows: "1", placeholder: `Message ${target}`, "aria-label": `Message ${target}`,
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "picker", maxlength: "2000", spellcheck: "false",
    });
    this.input.value = text;
    this.input.addEventListener("input", () => this.onText());
    const slash = el("button", { type: "button", class: "tool", "aria-label": "Use a command", onclick: () => this.startCommand() }, icon("slash"));
    const send = el("button", { type: "button", class: "tool", "aria-label": "Send message", onclick: () => this.sendText() }, icon("send"));
    this.line.className = "composer-line";
    this.line.replaceChildren(slash, this.input, send);
  }

  focus() {
    (this.pills[0]?.input ?? this.input).focus();
  }

  /** Put a text behind what is typed already. */
  add(text) {
    if (this.leaf) this.showText();
    this.input.value = [this.input.value.trim(), text].filter(Boolean).join(" ");
    this.input.focus();
    this.onText();
  }

  /** The commands, or who may use them here, are others now. */
  refresh() {
    if (!this.leaf && !this.list.hidden) this.onText();
  }

  startCommand() {
    this.input.value = "/";
    this.input.focus();
    this.onText();
  }

  /** Choose the command of that path, its first option filled in, or list all if it cannot be used here. */
  begin(path, text = "") {
    const found = leaves(this.desk.commands()).find((leaf) => leaf.path === path && offered(leaf.root, this.desk.channel()));
    if (this.leaf) this.showText();
    if (found && text && takesText(found)) this.chooseWith(found, text);
    else if (found) this.choose(found);
    else this.startCommand();
  }

  onText() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
    const typed = this.input.value;
    if (!typed.startsWith("/") || typed.includes("\n")) return this.hide();
    const word = typed.slice(1).toLowerCase().trimEnd();
    const channel = this.desk.channel();
    const here = leaves(this.desk.commands()).filter((leaf) => offered(leaf.root, channel));
    // As Discord reads it: what follows a command's whole name goes into its first option.
    const whole = here
      .filter((leaf) => takesText(leaf) && typed.slice(1).toLowerCase().startsWith(`${leaf.path} `))
      .sort((a, b) => b.path.length - a.path.length)[0];
    const rest = whole ? typed.slice(whole.path.length + 2).trimStart() : "";
    if (rest) return this.chooseWith(whole, rest);
    const found = here
      .filter((leaf) => leaf.path.toLowerCase().includes(word))
      .sort((a, b) => Number(b.path.startsWith(word)) - Number(a.path.startsWith(word)) || a.path.localeCompare(b.path));
    const rows = found.map((leaf) => ({
      title: `/${leaf.path}`,
      note: leaf.description,
      hint: hints(leaf.options),
      pick: () => this.choose(leaf),
    }));
    const named = leaves(this.desk.commands()).some((leaf) => leaf.path.toLowerCase().startsWith(word));
    const empty = named && channel.kind === "dm" ? "That command works in a server only" : "No command of that name here";
    return this.show(rows, { heading: "Commands", empty });
  }

  /** A command was chosen: show a box for each required option, and offer the others. */
  choose(leaf) {
    this.leaf = leaf;
    this.pills = [];
    this.hide();
    this.error.textContent = "";
    this.extras = el("span", { class: "extras", role: "group", "aria-label": "More options" });
    const boxes = el("span", { class: "pills" });
    this.boxes = boxes;
    const cancel = el("button", { type: "button", class: "tool", "aria-label": "Cancel command", onclick: () => this.leave() }, icon("close"));
    const send = el("button", { type: "button", class: "tool", "aria-label": "Send command", onclick: () => this.sendCommand() }, icon("send"));
    this.name = el("span", { class: "command-name", tabindex: "0", role: "group", "aria-label": `Command /${leaf.path}` }, `/${leaf.path}`);
    this.line.className = "composer-line command";
    this.line.replaceChildren(el("span", { class: "command-body" }, this.name, boxes, this.extras), cancel, send);
    leaf.options.filter((option) => option.required).forEach((option) => this.addOption(option));
    this.drawExtras();
    (this.pills[0]?.input ?? this.name).focus();
  }

  /** The same, with the first option filled in. */
  chooseWith(leaf, text) {
    this.choose(leaf);
    const pill = this.pills[0] ?? this.addOption(leaf.options[0]);
    pill.input.value = text;
    pill.input.focus();
    this.resize(pill);
    this.suggest(pill);
  }

  leave(text = "") {
    this.showText(text);
    this.input.focus();
  }

  addOption(option) {
    if (option.type === FILE) return this.addFile(option);
    const input = el("input", {
      class: "pill-input", "aria-label": option.name, title: option.description, role: "combobox", "aria-expanded": "false",
      "aria-controls": "picker", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    });
    const box = el("span", { class: "pill" }, el("span", { class: "pill-name", "aria-hidden": "true" }, option.name), input);
    const pill = { option, input, box, choice: undefined };
    input.addEventListener("input", () => {
      pill.choice = undefined;
      this.resize(pill);
      this.suggest(pill);
    });
    input.addEventListener("focus", () => this.suggest(pill));
    input.addEventListener("blur", () => this.hide());
    this.resize(pill);
    this.pills.push(pill);
    this.boxes.append(box);
    this.drawExtras();
    return pill;
  }

  /** An option that is a file: nothing is typed into it. */
  addFile(option) {
    const input = el("input", { type: "file", class: "pill-input file", "aria-label": option.name, title: option.description });
    const box = el("span", { class: "pill" }, el("span", { class: "pill-name", "aria-hidden": "true" }, option.name), input);
    const pill = { option, input, box, choice: undefined };
    input.addEventListener("focus", () => this.show([], { heading: option.name, note: option.description }));
    input.addEventListener("blur", () => this.hide());
    this.pills.push(pill);
    this.boxes.append(box);
    this.drawExtras();
    return pill;
  }

  resize(pill) {
    pill.input.style.width = `${Math.max(4, Math.min(48, pill.input.value.length + 2))}ch`;
  }

  drawExtras() {
    const used = new Set(this.pills.map((pill) => pill.option.name));
    const left = this.leaf.options.filter((option) => !used.has(option.name));
    this.extras.replaceChildren(
      ...left.map((option) =>
        el(
          "button",
          {
            type: "button", class: "extra", title: option.description, "aria-label": `Add option ${option.name}`,
            onclick: () => this.addOption(option).input.focus(),
          },
          `+ ${option.name}`,
        ),
      ),
    );
  }

  /** Fill the list for the box the person is in. */
  suggest(pill) {
    clearTimeout(this.timer);
    this.asked += 1;
    const fixed = fixedChoices(pill.option, this.desk);
    const note = { heading: pill.option.name, note: pill.option.description };
    if (pill.choice !== undefined) return this.hide();
    if (fixed) {
      const typed = pill.input.value.toLowerCase();
      const found = fixed.filter((choice) => String(choice.name).toLowerCase().includes(typed)).slice(0, 25);
      return this.showChoices(pill, found, { ...note, empty: NO_MATCH });
    }
    if (!pill.option.autocomplete) return this.show([], note);
    const mine = this.asked;
    this.show([], { ...note, empty: "Loading options…" });
    this.timer = setTimeout(async () => {
      const choices = await this.desk.autocomplete(this.leaf.path, pill.option.name, this.typed());
      const stillHere = mine === this.asked && document.activeElement === pill.input;
      if (!stillHere) return;
      if (choices === null) this.show([], { ...note, empty: "Loading options failed" });
      else this.showChoices(pill, choices, { ...note, empty: NO_MATCH });
    }, AUTOCOMPLETE_PAUSE_MS);
    return undefined;
  }

  showChoices(pill, choices, note) {
    const pick = (choice) => {
      pill.choice = choice.value;
      pill.input.value = choice.name;
      this.resize(pill);
      this.hide();
      this.nextEmpty(pill);
    };
    this.show(choices.map((choice) => ({ title: String(choice.name), pick: () => pick(choice) })), note);
  }

  nextEmpty(pill) {
    const next = this.pills.find((other) => other !== pill && other.input.value === "");
    (next ?? pill).input.focus();
  }

  /** What stands in the boxes so far, for autocompletion: numbers and choices that are none yet are left out. */
  typed() {
    const values = {};
    for (const pill of this.pills) {
      if (pill.option.type === FILE) continue;
      if (pill.input === document.activeElement) values[pill.option.name] = pill.input.value;
      else if (pill.input.value !== "") {
        const read = readValue(pill.option, pill.input.value, pill.choice, this.desk);
        if (!read.error) values[pill.option.name] = read.value;
      }
    }
    return values;
  }

  async sendCommand() {
    const [leaf, values] = [this.leaf, {}];
    for (const pill of this.pills) {
      const text = pill.input.value;
      if (text === "" && !pill.option.required) continue;
      const read = await this.read(pill, text);
      if (this.leaf !== leaf) return; // it was left while a file was read
      pill.box.classList.toggle("wrong", Boolean(read.error));
      if (read.error) {
        this.error.textContent = read.error;
        pill.input.focus();
        return;
      }
      values[pill.option.name] = read.value;
    }
    this.desk.slash(this.leaf.path, values);
    this.leave();
  }

  /** What is in a box, as it is sent. */
  async read({ option, input, choice }, text) {
    return option.type === FILE && text !== "" ? readFile(option, input.files[0]) : readValue(option, text, choice, this.desk);
  }

  sendText() {
    const text = this.input.value.trim();
    if (text === "") return;
    this.desk.post(text);
    this.leave();
  }

  show(rows, { heading, note, empty } = {}) {
    this.rows = rows;
    this.at = rows.length > 0 ? 0 : -1;
    const head = el("div", { class: "picker-head", role: "presentation" }, el("b", {}, heading ?? ""), note ? el("span", {}, ` ${note}`) : null);
    const items = rows.map((row, index) =>
      el(
        "div",
        {
          class: "picker-row", role: "option", id: `pick-${index}`, "aria-selected": String(index === this.at),
          // The box keeps the focus: a press on a row must not take it away before the click arrives.
          onmousedown: (event) => event.preventDefault(),
          onclick: () => row.pick(),
        },
        el("span", { class: "picker-title" }, row.title, ...(row.hint ?? []).map((hint) => el("span", { class: "picker-hint" }, hint))),
        row.note ? el("span", { class: "picker-note" }, row.note) : null,
      ),
    );
    const nothing = rows.length === 0 && empty ? el("div", { class: "picker-empty", role: "presentation" }, empty) : null;
    this.list.replaceChildren(head, ...items, ...(nothing ? [nothing] : []));
    this.list.hidden = false;
    this.box()?.setAttribute("aria-expanded", "true");
    this.mark();
  }

  /** Nothing is offered any more, and no question for it is on its way out. */
  hide() {
    clearTimeout(this.timer);
    this.rows = [];
    this.at = -1;
    this.list.hidden = true;
    this.box()?.setAttribute("aria-expanded", "false");
  }

  box() {
    return this.pills.find((pill) => pill.input === document.activeElement)?.input ?? this.input;
  }

  mark() {
    const items = this.list.querySelectorAll("[role=option]");
    items.forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    if (items[this.at]) {
      items[this.at].scrollIntoView({ block: "nearest" });
      this.box()?.setAttribute("aria-activedescendant", items[this.at].id);
    } else this.box()?.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing || event.target.closest("button")) return;
    const handled = this.onListKey(event) || (this.leaf ? this.onCommandKey(event) : this.onTextKey(event));
    if (handled) event.preventDefault();
  }

  onListKey(event) {
    if (this.list.hidden || this.rows.length === 0) return false;
    const count = this.rows.length;
    if (event.key === "ArrowDown") this.at = (this.at + 1) % count;
    else if (event.key === "ArrowUp") this.at = (this.at + count - 1) % count;
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      this.rows[this.at].pick();
      return true;
    } else return false;
    this.mark();
    return true;
  }

  onCommandKey(event) {
    if (event.key === "Enter") this.sendCommand();
    else if (event.key === "Escape") this.leave();
    else if (event.key === "Backspace" && (event.target.value ?? "") === "") this.removeAt(event.target);
    else return false;
    return true;
  }

  removeAt(input) {
    const pill = this.pills.find((candidate) => candidate.input === input);
    if (!pill || pill.option.required) return this.leave(`/${this.leaf.path}`);
    this.pills = this.pills.filter((other) => other !== pill);
    pill.box.remove();
    this.drawExtras();
    (this.pills.at(-1)?.input ?? this.name).focus();
    return undefined;
  }

  onTextKey(event) {
    if (event.key === "Escape") this.hide();
    else if (event.key === "Enter" && !event.shiftKey) this.sendText();
    else return false;
    return true;
  }
}

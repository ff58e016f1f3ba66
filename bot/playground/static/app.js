// The page: what is known of the world, and which channel of it is shown.

import { messageCommands } from "./command.js";
import { Composer } from "./composer.js";
import { closeMenu, openMenu, openModal } from "./dialog.js";
import { avatar, displayName, el, icon } from "./dom.js";
import { drawMessage, editInPlace } from "./message.js";
import { Socket } from "./socket.js";

const NEAR_BOTTOM_PX = 120;
const byId = (id) => document.getElementById(id);

const world = { me: null, bot: null, guild: {}, users: [], roles: [], channels: [], commands: [], messages: new Map() };
const unread = new Set();
let shownId = null;
let composer = null;

const channel = () => world.channels.find((candidate) => candidate.id === shownId);

const socket = new Socket({
  receive: (event) => RECEIVE[event.type]?.(event),
  linked: (isOpen) => {
    byId("link-state").textContent = isOpen ? "" : "Not connected, trying again…";
  },
});

const RECEIVE = {
  state: takeState,
  message: ({ message }) => takeMessage(message),
  message_deleted: ({ id }) => forget(id),
  commands: ({ commands }) => {
    world.commands = commands;
  },
  channels: ({ channels }) => {
    world.channels = channels;
    if (channel()) drawChannels();
    else showChannel(channels[0]?.id ?? null);
  },
  connection: ({ connected }) => showConnection(connected),
  modal: ({ modal }) => showModal(modal),
};

const desk = {
  self: () => world.me,
  users: () => world.users,
  roles: () => world.roles,
  channels: () => world.channels,
  commands: () => world.commands,
  channel,
  names: {
    user: (id) => displayName(world.users.find((user) => user.id === id) ?? null).replace("Unknown user", "unknown-user"),
    role: (id) => world.roles.find((role) => role.id === id)?.name,
    channel: (id) => world.channels.find((candidate) => candidate.id === id)?.name,
  },
  pickable,
  mayDelete: (message) => message.author.id === world.me.id || message.may_delete === true,
  act,
  dismiss: (message) => tell({ type: "delete", message_id: message.id }),
  remove: (message) => tell({ type: "delete", message_id: message.id }),
  startEdit: (message) => {
    const item = itemOf(message.id);
    editInPlace(item, message, { save: (text) => tell({ type: "edit", message_id: message.id, text }) });
  },
  openMenu: showMenu,
  post: (text) => tell({ type: "post", text }),
  slash: (path, options) => run(`/${path}`, { type: "slash", path, options }),
  autocomplete: async (path, focused, options) => {
    const answer = await socket.ask({ type: "autocomplete", channel_id: shownId, path, focused, options });
    return answer.type === "choices" ? answer.choices : null;
  },
};

function pickable(select) {
  const users = world.users.map((user) => ({ label: displayName(user), value: user.id }));
  const roles = world.roles.map((role) => ({ label: `@${role.name}`, value: role.id }));
  const channels = world.channels.map((item) => ({ label: `#${item.name}`, value: item.id }));
  return { 5: users, 6: roles, 7: [...users, ...roles], 8: channels }[select.type] ?? select.options ?? [];
}

async function tell(action) {
  const answer = await socket.ask({ channel_id: shownId, ...action });
  if (answer.type === "failed") complain(answer.text);
  return answer;
}

/** A command: a line says that it is on its way, and stays when it failed. */
async function run(name, action) {
  const line = el("li", { class: "pending", role: "status" }, `Sending ${name}…`);
  byId("log").append(line);
  toBottom();
  const answer = await socket.ask({ channel_id: shownId, ...action });
  if (answer.type !== "failed") return line.remove();
  line.className = "pending failed";
  const dismiss = el("button", { type: "button", class: "plain-link", onclick: () => line.remove() }, "Dismiss");
  line.replaceChildren(el("span", {}, `${name}: ${answer.text} `), dismiss);
  return toBottom();
}

/** A press of a button or a choice in a select. */
async function act(message, element, action) {
  element.classList.add("waiting");
  element.setAttribute("aria-busy", "true");
  const answer = await socket.ask({ channel_id: shownId, message_id: message.id, ...action });
  element.classList.remove("waiting");
  element.removeAttribute("aria-busy");
  const item = itemOf(message.id);
  item?.querySelector(".m-failed")?.remove();
  if (answer.type === "failed") item?.querySelector(".m-main").append(el("div", { class: "m-failed", role: "alert" }, answer.text));
}

function complain(text) {
  const line = el("li", { class: "pending failed", role: "alert" }, text);
  byId("log").append(line);
  toBottom();
  setTimeout(() => line.remove(), 6000);
}

function takeState(state) {
  for (const key of ["me", "bot", "guild", "users", "roles", "channels", "commands"]) world[key] = state[key];
  world.messages = new Map(state.messages.map((message) => [message.id, message]));
  byId("data-note").textContent = state.data_note;
  showConnection(state.connected);
  byId("guild-name").textContent = state.guild.name;
  drawSelf();
  drawMembers();
  if (!channel()) shownId = world.channels[0]?.id ?? null;
  composer ??= new Composer(byId("composer"), desk);
  showChannel(shownId);
}

function showConnection(isConnected) {
  byId("link-state").textContent = isConnected ? "" : `${displayName(world.bot)} is not connected yet`;
}

function takeMessage(message) {
  const known = world.messages.has(message.id);
  world.messages.set(message.id, message);
  if (message.channel_id !== shownId) {
    if (!known) unread.add(message.channel_id);
    return drawChannels();
  }
  const item = itemOf(message.id);
  const drawn = drawMessage(message, known ? before(message.id) : shownMessages().at(-2), desk);
  if (item) replaceItem(item, drawn);
  else insert(drawn);
  if (!known && message.author.id === world.me.id) toBottom();
  return undefined;
}

/** A changed message keeps open what was opened where it stood, and the focus where it was. */
function replaceItem(item, drawn) {
  const open = [...item.querySelectorAll(".spoiler")].map((spoiler) => spoiler.classList.contains("open") && spoiler.textContent);
  const spoilers = [...drawn.querySelectorAll(".spoiler")];
  spoilers.forEach((spoiler, index) => open[index] !== false && open[index] === spoiler.textContent && spoiler.click());
  const seen = new Set([...item.querySelectorAll("img")].filter((image) => !image.closest(".veiled")).map((image) => image.src));
  for (const image of drawn.querySelectorAll(".veiled img")) {
    if (seen.has(image.src)) image.closest(".veiled").querySelector(".veil").click();
  }
  const control = item.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  item.replaceWith(drawn);
  if (control) [...drawn.querySelectorAll(CONTROLS)].find((candidate) => nameOf(candidate) === control)?.focus({ preventScroll: true });
}

const CONTROLS = ".button, .s-box";
const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent;

function insert(drawn) {
  const waiting = byId("log").querySelector(".pending");
  if (waiting) waiting.before(drawn);
  else byId("log").append(drawn);
}

function forget(id) {
  const message = world.messages.get(id);
  world.messages.delete(id);
  if (message?.channel_id === shownId) showLog();
}

const shownMessages = () => [...world.messages.values()].filter((message) => message.channel_id === shownId);

function before(id) {
  const messages = shownMessages();
  return messages[messages.findIndex((message) => message.id === id) - 1];
}

function itemOf(id) {
  return byId("log").querySelector(`[data-id="${CSS.escape(id)}"]`);
}

// Whoever reads the newest message keeps reading it when pictures arrive or the composer grows.
let atBottom = true;
byId("scroller").addEventListener("scroll", () => {
  const box = byId("scroller");
  atBottom = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX;
});
const follower = new ResizeObserver(() => atBottom && toBottom());
follower.observe(byId("log"));
follower.observe(byId("scroller"));

function toBottom() {
  const box = byId("scroller");
  box.scrollTop = box.scrollHeight;
  atBottom = true;
}

/** On a narrow screen the channels lie over the messages, and only when asked for. */
function showSidebar(isOpen) {
  byId("app").classList.toggle("sidebar-open", isOpen);
  byId("open-sidebar").setAttribute("aria-expanded", String(isOpen));
}

byId("open-sidebar").append(icon("menu"));
byId("open-sidebar").addEventListener("click", () => showSidebar(!byId("app").classList.contains("sidebar-open")));
document.querySelector("main").addEventListener("pointerdown", (event) => !event.target.closest("#open-sidebar") && showSidebar(false));

function showChannel(id) {
  shownId = id;
  showSidebar(false);
  unread.delete(id);
  closeMenu();
  drawChannels();
  const here = channel();
  if (!here) return;
  byId("channel-name").textContent = here.name;
  byId("channel-icon").replaceChildren(channelIcon(here));
  byId("channel-topic").textContent = here.nsfw ? "Age-restricted channel" : here.topic ?? "";
  byId("welcome").replaceChildren(
    el("div", { class: "welcome-icon" }, channelIcon(here)),
    el("h2", {}, here.kind === "dm" ? here.name : `Welcome to #${here.name}!`),
    el("p", {}, here.kind === "dm" ? `This is your direct message with ${here.name}.` : `This is the start of #${here.name}. Type / to see what ${displayName(world.bot)} can do.`),
  );
  showLog();
  composer.showText();
  composer.focus();
}

function showLog() {
  const messages = shownMessages();
  byId("log").replaceChildren(...messages.map((message, index) => drawMessage(message, messages[index - 1], desk)));
  toBottom();
}

function channelIcon(item) {
  if (item.kind === "dm") return icon("at");
  return icon(item.kind === "thread" ? "thread" : "hash");
}

function drawChannels() {
  const entry = (item) =>
    el(
      "button",
      {
        type: "button",
        class: ["channel-entry", item.kind, unread.has(item.id) ? "unread" : ""].join(" "),
        "aria-current": item.id === shownId ? "page" : null,
        "aria-label": item.nsfw ? `${item.name}, age-restricted` : item.name,
        onclick: () => showChannel(item.id),
      },
      channelIcon(item),
      el("span", { class: "channel-label" }, item.name),
      item.nsfw && item.kind === "text" ? el("span", { class: "age", "aria-hidden": "true", title: "Age-restricted" }, "18+") : null,
    );
  const texts = (elsewhere) => world.channels.filter((item) => item.kind === "text" && item.elsewhere === elsewhere);
  const withThreads = (item) => [entry(item), ...world.channels.filter((thread) => thread.parent_id === item.id).map(entry)];
  const titled = (title, entries) => (entries.length > 0 ? [el("h2", {}, title), ...entries] : []);
  const direct = world.channels.filter((item) => item.kind === "dm");
  byId("channels").replaceChildren(
    ...titled("Text channels", texts(false).flatMap(withThreads)),
    ...titled("Direct messages", direct.map(entry)),
    ...titled("A server without the bot", texts(true).flatMap(withThreads)),
  );
}

function drawSelf() {
  byId("self-avatar").replaceChildren(avatar(world.me, "avatar small"));
  const people = world.users.filter((user) => !user.bot);
  byId("self").replaceChildren(
    ...people.map((user) => el("option", { value: user.id, selected: user.id === world.me.id }, displayName(user))),
  );
}

byId("self").addEventListener("change", (event) => tell({ type: "become", user_id: event.target.value }));

function drawMembers() {
  const row = (user) =>
    el(
      "div",
      { class: "member", role: "listitem" },
      avatar(user, "avatar small"),
      el("span", { class: "member-name" }, displayName(user)),
      user.bot ? el("span", { class: "tag" }, "APP") : null,
    );
  byId("members").replaceChildren(
    el("h2", {}, `Members — ${world.users.length}`),
    el("div", { role: "list" }, world.users.map(row)),
  );
}

function showMenu(message, at) {
  const own = message.author.id === world.me.id;
  const apps = messageCommands(world.commands, channel()).map((command) => ({
    label: command.name,
    run: () => run(command.name, { type: "context_menu", name: command.name, message_id: message.id }),
  }));
  const edits = [
    own ? { label: "Edit message", run: () => desk.startEdit(message) } : null,
    { label: "Copy text", run: () => navigator.clipboard?.writeText(message.content ?? "") },
    desk.mayDelete(message) ? { label: "Delete message", danger: true, run: () => desk.remove(message) } : null,
  ];
  openMenu([{ items: edits.filter(Boolean) }, { title: "Apps", items: apps }], at);
}

function showModal(modal) {
  openModal(modal, {
    botName: displayName(world.bot),
    names: desk.names,
    pickable,
    send: (values) => run("the form", { type: "submit", modal_id: modal.id, values }),
    cancel: () => socket.ask({ type: "cancel_modal", modal_id: modal.id }),
  });
}

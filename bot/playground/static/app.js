// The page: what is known of the world, and which channel of it is shown.

import { channelIcon, channelTitle, drawChannelList, drawWelcome, holdsMessages } from "./channel.js";
import { messageCommands } from "./command.js";
import { keepOpen } from "./component.js";
import { Composer } from "./composer.js";
import { closeMenu, openMenu, openModal } from "./dialog.js";
import { avatar, displayName, el, icon } from "./dom.js";
import { withMentions, withNames } from "./mention.js";
import { drawMessage, editInPlace } from "./message.js";
import { Socket } from "./socket.js";

const NEAR_BOTTOM_PX = 120;
const byId = (id) => document.getElementById(id);

const world = { me: null, bot: null, guild: {}, links: {}, people: [], vndb_token: "", users: [], roles: [], channels: [], commands: [], messages: new Map() };
const unread = new Set();
let shownId = null;
let composer = null;

const findFirst = () => world.channels.find(holdsMessages)?.id ?? null;
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
    composer?.refresh();
  },
  channels: ({ channels }) => {
    world.channels = channels;
    if (channel()?.kind === "forum" || !channel()) showChannel(channel()?.id ?? findFirst());
    else drawChannels();
  },
  connection: ({ connected }) => showConnection(connected),
  modal: ({ modal }) => showModal(modal),
};

const desk = {
  self: () => world.me,
  users: () => world.users,
  roles: () => world.roles,
  commands: () => world.commands,
  channel,
  names: {
    user: (id) => displayName(world.users.find((user) => user.id === id) ?? null).replace("Unknown user", "unknown-user"),
    role: (id) => world.roles.find((role) => role.id === id)?.name,
    channel: (id) => world.channels.find((candidate) => candidate.id === id)?.name,
  },
  pickable,
  find: (id) => world.messages.get(id),
  mayDelete: (message) => message.author.id === world.me.id || message.may_delete === true,
  act,
  dismiss: (message) => tell({ type: "delete", message_id: message.id }),
  remove: (message) => tell({ type: "delete", message_id: message.id }),
  startEdit: (message) => {
    editInPlace(itemOf(message.id), withNames(message.content, world.users), {
      save: (text) => tell({ type: "edit", message_id: message.id, text }),
      done: () => {
        redraw(world.messages.get(message.id));
        composer.focus();
      },
    });
  },
  openMenu: showMenu,
  post: (text) => tell({ type: "post", text }),
  slash: (path, options) => run(`/${path}`, { type: "slash", path, options }),
  autocomplete: async (path, focused, options) => {
    const answer = await socket.ask({ type: "autocomplete", channel_id: shownId, path, focused, options });
    return answer.type === "choices" ? answer.choices : null;
  },
};

/** What a select offers, with what is chosen in it already. */
function pickable(select) {
  const chosen = new Set((select.default_values ?? []).map((value) => String(value.id)));
  const entry = (label, value) => ({ label, value, default: chosen.has(value) });
  const users = () => world.users.map((user) => entry(displayName(user), user.id));
  const roles = () => world.roles.map((role) => entry(role.name.startsWith("@") ? role.name : `@${role.name}`, role.id));
  const offers = { 5: users, 6: roles, 7: () => [...users(), ...roles()], 8: () => pickableChannels(select).map((item) => entry(channelTitle(item), item.id)) };
  return offers[select.type]?.() ?? select.options ?? [];
}

function pickableChannels(select) {
  const types = select.channel_types ?? [];
  const here = world.channels.filter((item) => item.kind !== "dm" && item.elsewhere === (channel()?.elsewhere ?? false));
  return here.filter((item) => types.length === 0 || types.includes(item.type));
}

/** What is posted or changed: whoever its text names is mentioned. */
async function tell({ text, ...action }) {
  const said = text === undefined ? null : { text: withMentions(text, world.users) };
  const answer = await socket.ask({ channel_id: shownId, ...action, ...said });
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
  for (const key of ["me", "bot", "guild", "links", "people", "vndb_token", "users", "roles", "channels", "commands"]) world[key] = state[key];
  world.messages = new Map(state.messages.map((message) => [message.id, message]));
  byId("data-note").textContent = state.data_note;
  showConnection(state.connected);
  byId("guild-name").textContent = state.guild.name;
  drawSelf();
  drawMembers();
  const isFirst = composer === null;
  composer ??= new Composer(byId("composer"), desk);
  if (isFirst || !channel()) return showChannel(channel()?.id ?? findFirst());
  // Somebody else, or connected again: what is being typed stays, and what is offered for it follows.
  drawChannel();
  return composer.refresh();
}

function showConnection(isConnected) {
  byId("link-state").textContent = isConnected ? "" : `${displayName(world.bot)} is not connected yet`;
}

function takeMessage(message) {
  const known = world.messages.has(message.id);
  world.messages.set(message.id, message);
  if (message.channel_id !== shownId) {
    if (known) return undefined;
    unread.add(message.channel_id);
    return drawChannels();
  }
  if (itemOf(message.id)) redraw(message);
  else insert(drawMessage(message, before(message.id), desk));
  if (known) redrawReplies(message.id);
  if (!known && message.author.id === world.me.id) toBottom();
  return undefined;
}

/** Draw a message again, unless it is just being edited. */
function redraw(message) {
  const item = message && itemOf(message.id);
  if (item && !item.querySelector(".m-edit")) replaceItem(item, drawMessage(message, before(message.id), desk));
}

function redrawReplies(id) {
  shownMessages().filter((message) => message.message_reference?.message_id === id).forEach(redraw);
}

/** A changed message keeps open what was opened where it stood, its open menu too, and the focus where it was. */
function replaceItem(item, drawn) {
  const open = [...item.querySelectorAll(".spoiler")].map((spoiler) => spoiler.classList.contains("open") && spoiler.textContent);
  const spoilers = [...drawn.querySelectorAll(".spoiler")];
  spoilers.forEach((spoiler, index) => open[index] !== false && open[index] === spoiler.textContent && spoiler.click());
  keepOpen(item, drawn);
  const menu = item.querySelector(".s-box[aria-expanded=true]");
  const control = menu ?? (item.contains(document.activeElement) ? document.activeElement : null);
  item.replaceWith(drawn);
  if (!control) return;
  const again = [...drawn.querySelectorAll(CONTROLS)].find((candidate) => nameOf(candidate) === nameOf(control));
  again?.focus({ preventScroll: true });
  if (menu) again?.click();
}

const CONTROLS = ".button, .s-box, .tool";
const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent;

function insert(drawn) {
  const waiting = byId("log").querySelector(".pending");
  if (waiting) waiting.before(drawn);
  else byId("log").append(drawn);
}

function forget(id) {
  const messages = shownMessages();
  const next = messages[messages.findIndex((message) => message.id === id) + 1];
  world.messages.delete(id);
  const item = itemOf(id);
  if (!item) return;
  item.remove();
  redraw(next);
  redrawReplies(id);
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
let lastTop = 0;
byId("scroller").addEventListener("scroll", () => {
  const box = byId("scroller");
  const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX;
  // A message may have come between the scrolling and this event: only who scrolls up leaves the newest one.
  if (isNear || box.scrollTop < lastTop) atBottom = isNear;
  lastTop = box.scrollTop;
});
const follower = new ResizeObserver(() => atBottom && toBottom());
follower.observe(byId("log"));
follower.observe(byId("scroller"));

function toBottom() {
  const box = byId("scroller");
  box.scrollTop = box.scrollHeight;
  atBottom = true;
}

const isSidebarOpen = () => byId("app").classList.contains("sidebar-open");

/** On a narrow screen the channels lie over the messages, which are out of reach then, and only when asked for. */
function showSidebar(isOpen) {
  if (isOpen === isSidebarOpen()) return;
  byId("app").classList.toggle("sidebar-open", isOpen);
  document.querySelector("main").inert = isOpen;
  byId("open-sidebar").setAttribute("aria-expanded", String(isOpen));
  (isOpen ? byId("channels").querySelector("[aria-current]") : byId("open-sidebar"))?.focus();
}

byId("open-sidebar").append(icon("menu"));
byId("open-sidebar").addEventListener("click", () => showSidebar(true));
byId("app").addEventListener("pointerdown", (event) => !event.target.closest("#sidebar") && showSidebar(false));
document.addEventListener("keydown", (event) => event.key === "Escape" && showSidebar(false));
// As in layout.css: on a wider screen they stand beside the messages.
window.matchMedia("(width <= 700px)").addEventListener("change", (screen) => screen.matches || showSidebar(false));

function showChannel(id) {
  shownId = id;
  showSidebar(false);
  unread.delete(id);
  drawChannel();
  composer.showText();
  composer.focus();
}

function drawChannel() {
  closeMenu();
  drawChannels();
  const here = channel();
  if (!here) return;
  byId("channel-name").textContent = here.name;
  byId("channel-icon").replaceChildren(channelIcon(here));
  byId("channel-topic").textContent = [here.nsfw ? "Age-restricted" : "", here.topic ?? ""].filter(Boolean).join(" · ");
  byId("welcome").replaceChildren(
    ...drawWelcome(here, {
      channels: world.channels,
      botName: displayName(world.bot),
      links: world.links,
      people: world.people,
      token: world.vndb_token,
      show: showChannel,
      tryLink: (url) => composer.add(url),
      tryCommand: (path, text) => composer.begin(path, text),
      writePost: () => showPostForm(here),
    }),
  );
  showLog();
  byId("composer").hidden = !holdsMessages(here);
}

function showLog() {
  const messages = shownMessages();
  const log = byId("log");
  [...log.children].forEach((item) => messages.some((message) => message.id === item.dataset.id) || item.remove());
  messages.forEach((message, index) => {
    if (itemOf(message.id)) redraw(message);
    else log.insertBefore(drawMessage(message, messages[index - 1], desk), log.children[index] ?? null);
  });
  toBottom();
}

/** What stays as it is is not touched: a press that lasts while messages come is still a click. */
function drawChannels() {
  const list = byId("channels");
  const drawn = drawChannelList(world.channels, { shownId, unread, show: showChannel });
  drawn.forEach((entry, index) => {
    const old = list.children[index];
    if (!old) list.append(entry);
    else if (!old.isEqualNode(entry)) {
      const held = old === document.activeElement;
      old.replaceWith(entry);
      if (held) entry.focus();
    }
  });
  [...list.children].slice(drawn.length).forEach((old) => old.remove());
}

function drawSelf() {
  byId("self-avatar").replaceChildren(avatar(world.me, "avatar small"));
  const people = world.users.filter((user) => !user.bot);
  byId("self").replaceChildren(
    ...people.map((user) => el("option", { value: user.id, selected: user.id === world.me.id }, displayName(user))),
  );
}

byId("self").addEventListener("change", (event) => {
  showSidebar(false);
  tell({ type: "become", user_id: event.target.value });
});

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
    warning: `This form will be submitted to ${displayName(world.bot)}. Do not share passwords or other sensitive information.`,
    names: desk.names,
    pickable,
    send: (values) => run("the form", { type: "submit", modal_id: modal.id, values }),
    cancel: () => socket.ask({ type: "cancel_modal", modal_id: modal.id }),
  });
}

const POST_FORM = {
  title: "New post",
  components: [
    { type: 18, label: "Title", component: { type: 4, custom_id: "name", style: 1, max_length: 100 } },
    { type: 18, label: "Message", component: { type: 4, custom_id: "text", style: 2, max_length: 2000 } },
  ],
};

function showPostForm(forum) {
  const send = async (values) => {
    const answer = await tell({ type: "create_post", channel_id: forum.id, ...values });
    if (answer.type === "created") showChannel(answer.channel_id);
  };
  openModal(POST_FORM, { names: desk.names, pickable, send, cancel: () => {} });
}

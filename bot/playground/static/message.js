// One message of the log.

import { avatar, displayName, el, icon } from "./dom.js";
import { drawAttachments, drawComponent, drawEmbed } from "./component.js";
import { renderLine, renderMarkdown } from "./markdown.js";

const EPHEMERAL = 1 << 6;
const THINKING = 1 << 7;
const COMPONENTS_V2 = 1 << 15;
const SPOILERS = /\|\|[\s\S]+?\|\|/g;
const GROUP_MS = 7 * 60 * 1000;

export const isEphemeral = (message) => (message.flags & EPHEMERAL) !== 0;

/** Does this message stand under its author's last one, without a head of its own? */
export function continues(message, previous) {
  return (
    previous !== undefined &&
    previous.author.id === message.author.id &&
    !message.interaction_metadata && !message.message_reference &&
    isEphemeral(message) === isEphemeral(previous) &&
    Date.parse(message.timestamp) - Date.parse(previous.timestamp) < GROUP_MS
  );
}

/** `desk` gives names, users and the actions: act, edit, remove, dismiss, openMenu. */
export function drawMessage(message, previous, desk) {
  const grouped = continues(message, previous);
  const classes = ["message", grouped ? "grouped" : "", isEphemeral(message) ? "ephemeral" : ""].filter(Boolean).join(" ");
  const item = el(
    "li",
    { class: classes, role: "article", "aria-label": `Message from ${displayName(message.author)}`, "data-id": message.id },
    drawReference(message, desk),
    el("div", { class: "m-gutter" }, grouped ? el("span", { class: "m-when" }, clock(message)) : avatar(message.author)),
    el("div", { class: "m-main" }, grouped ? null : drawHead(message), drawContent(message, desk), drawEphemeral(message, desk)),
    drawTools(message, desk),
  );
  item.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, textarea")) return;
    event.preventDefault();
    desk.openMenu(message, { x: event.clientX, y: event.clientY });
  });
  return item;
}

function clock(message) {
  return new Date(message.timestamp).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
}

function drawReference(message, desk) {
  const invocation = message.interaction_metadata;
  const answered = message.message_reference;
  if (!invocation && !answered) return null;
  const row = el("div", { class: "m-reference" }, icon("reply"));
  if (answered) {
    row.append(...drawQuote(desk.find(answered.message_id), desk));
    return row;
  }
  row.append(
    avatar(invocation.user, "avatar tiny"),
    el("b", {}, displayName(invocation.user)),
    message.command ? "used" : "used a component of this app",
    message.command ? el("span", { class: "md-mention" }, message.command) : "",
  );
  return row;
}

/** One line of the message that is answered, as it is now. */
function drawQuote(replied, desk) {
  if (!replied) return [el("i", {}, "Original message was deleted")];
  const text = replied.content ? renderLine(replied.content, desk.names) : "A message without text";
  return [avatar(replied.author, "avatar tiny"), el("b", {}, displayName(replied.author)), el("span", { class: "m-quote" }, text)];
}

function drawHead(message) {
  return el(
    "div",
    { class: "m-head" },
    el("span", { class: message.author.bot ? "m-author bot" : "m-author" }, displayName(message.author)),
    message.author.bot ? el("span", { class: "tag" }, "APP") : null,
    el("time", { class: "m-time", datetime: message.timestamp }, clock(message)),
  );
}

function drawContent(message, desk) {
  if (message.flags & THINKING) {
    return el("div", { class: "m-thinking", role: "status" }, el("i"), el("i"), el("i"), ` ${displayName(message.author)} is thinking…`);
  }
  const context = {
    names: desk.names,
    pickable: desk.pickable,
    attachments: message.attachments,
    act: (element, action) => desk.act(message, element, action),
  };
  const edited = message.edited_timestamp ? el("span", { class: "m-edited" }, " (edited)") : null;
  const parts = [];
  if (message.content) parts.push(el("div", { class: "m-text markdown" }, renderMarkdown(message.content, desk.names), edited));
  // With Components V2 a file is shown where a component names it, and nowhere else.
  if (!(message.flags & COMPONENTS_V2)) parts.push(...drawAttachments(message.attachments ?? []));
  const covered = (message.content?.match(SPOILERS) ?? []).join("\n");
  for (const embed of message.embeds ?? []) {
    const spoiler = embed.type === "link" && covered.includes(embed.url);
    parts.push(drawEmbed(embed, context, { spoiler }));
  }
  for (const component of message.components ?? []) parts.push(drawComponent(component, context));
  if (!message.content && edited && !message.author.bot) parts.push(edited);
  return el("div", { class: "m-content" }, parts);
}

function drawEphemeral(message, desk) {
  if (!isEphemeral(message)) return null;
  return el(
    "div",
    { class: "m-only-you" },
    icon("eye"),
    " Only you can see this • ",
    el("button", { type: "button", class: "plain-link", onclick: () => desk.dismiss(message) }, "Dismiss message"),
  );
}

function drawTools(message, desk) {
  const tool = (name, label, onclick) => el("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick }, icon(name));
  const own = message.author.id === desk.self().id;
  return el(
    "div",
    { class: "m-tools", role: "group", "aria-label": "Message actions" },
    own ? tool("edit", "Edit", () => desk.startEdit(message)) : null,
    desk.mayDelete(message) ? tool("trash", "Delete", () => desk.remove(message)) : null,
    tool("more", "More", (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      desk.openMenu(message, { x: box.left, y: box.bottom + 4 });
    }),
  );
}

/** Put a text box in the place of a message's text. */
export function editInPlace(item, text, { save, done }) {
  const box = el("textarea", { class: "m-editor", "aria-label": "Edit message", rows: "2" });
  box.value = text;
  const content = item.querySelector(".m-content");
  const hint = el("div", { class: "m-edit-hint" }, "escape to cancel • enter to save");
  const form = el("div", { class: "m-edit" }, box, hint);
  const finish = () => {
    form.replaceWith(content);
    done();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") finish();
    else if (event.key === "Enter" && !event.shiftKey && box.value.trim()) save(box.value, finish());
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  content.replaceWith(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

// The channels: how they are listed, and what stands at the head of each.

import { el, icon } from "./dom.js";

const ICONS = { dm: "at", thread: "thread", voice: "speaker", forum: "forum", news: "news" };

export const channelIcon = (item) => icon(ICONS[item.kind] ?? "hash");

/** Can messages stand here? */
export const holdsMessages = (item) => item.kind !== "category" && item.kind !== "forum";

/** The name as a select or a heading has it. */
export function channelTitle(item) {
  const signs = { category: "", voice: "🔊 ", thread: "", dm: "" };
  return `${signs[item.kind] ?? "#"}${item.name}`;
}

/** Everything in the sidebar: `unread` are ids, `show(id)` opens a channel. */
export function drawChannelList(channels, { shownId, unread, show }) {
  const entry = (item) => drawEntry(item, { isShown: item.id === shownId, isUnread: unread.has(item.id), show });
  const inside = (item) => channels.filter((one) => one.parent_id === item.id);
  const withThreads = (item) => [item, ...inside(item)].map(entry);
  const titled = (title, items) => (items.length > 0 ? [el("h2", {}, title), ...items.flatMap(withThreads)] : []);
  const voiceLast = (items) => [...items.filter((one) => one.kind !== "voice"), ...items.filter((one) => one.kind === "voice")];
  const loose = channels.filter((item) => item.parent_id === null && item.kind !== "dm" && item.kind !== "category");
  const here = loose.filter((item) => !item.elsewhere);
  const categories = channels.filter((item) => item.kind === "category");
  return [
    ...titled("Text channels", here.filter((item) => item.kind !== "voice")),
    ...titled("Voice channels", here.filter((item) => item.kind === "voice")),
    ...categories.flatMap((category) => titled(category.name, voiceLast(inside(category)))),
    ...titled("Direct messages", channels.filter((item) => item.kind === "dm")),
    ...titled("Another server", loose.filter((item) => item.elsewhere)),
  ];
}

function drawEntry(item, { isShown, isUnread, show }) {
  const marks = [item.nsfw ? "age-restricted" : "", item.archived ? "archived" : ""].filter(Boolean);
  return el(
    "button",
    {
      type: "button",
      class: ["channel-entry", item.kind, isUnread ? "unread" : "", item.archived ? "archived" : ""].join(" "),
      "data-id": item.id,
      "aria-current": isShown ? "page" : null,
      "aria-label": [item.name, ...marks].join(", "),
      title: item.archived ? "Archived: a message opens it again" : null,
      onclick: () => show(item.id),
    },
    channelIcon(item),
    el("span", { class: "channel-label" }, item.name),
    item.archived ? icon("archive") : null,
    item.nsfw && item.kind !== "thread" ? el("span", { class: "age", "aria-hidden": "true", title: "Age-restricted" }, "18+") : null,
  );
}

/** The head of a channel's messages; of a forum, its posts. `tryLink(url)` and `tryCommand(path, text)` put what is to be tried into the composer. */
export function drawWelcome(item, { channels, botName, links, people, token, show, tryLink, tryCommand, writePost }) {
  const title = item.kind === "dm" ? item.name : `Welcome to ${channelTitle(item)}!`;
  const starts = {
    dm: `This is your direct message with ${item.name}.`,
    thread: "This is the start of the thread.",
    forum: "Every post is a thread of its own.",
  };
  const says = starts[item.kind] ?? `This is the start of ${channelTitle(item)}.`;
  return [
    el("div", { class: "welcome-icon" }, channelIcon(item)),
    el("h2", {}, title),
    el("p", {}, holdsMessages(item) ? `${says} Type / to see what ${botName} can do.` : says),
    ...(item.kind === "forum" ? drawPosts(item, { channels, show, writePost }) : drawLinks(item, { links, people, token, tryLink, tryCommand })),
  ];
}

function drawPosts(forum, { channels, show, writePost }) {
  const posts = channels.filter((one) => one.parent_id === forum.id);
  const row = (post) => el("button", { type: "button", class: "post-entry", onclick: () => show(post.id) }, icon("thread"), el("span", {}, post.name));
  return [
    el("div", { class: "posts", role: "group", "aria-label": "Posts" }, posts.map(row)),
    el("button", { type: "button", class: "button primary", onclick: writePost }, "New post"),
  ];
}

/** Three things to try, one after the other, and what else can be posted here. */
function drawLinks(item, { links, people, token, tryLink, tryCommand }) {
  const fitting = links.filter((link) => item.nsfw || item.kind === "dm" || !link.age_restricted);
  if (fitting.length === 0 || item.elsewhere) return [];
  const chip = (name, onclick, title = null) => el("button", { type: "button", class: "chip", title, onclick }, name);
  const link = ({ name, url }) => chip(name, () => tryLink(url), url);
  const step = (says, button) => el("li", {}, el("span", {}, says), button);
  const [first, ...others] = fitting;
  return [
    el(
      "ol",
      { class: "hint guide", "aria-label": "Three things to try" },
      step("Draw a novel:", chip("/vn random", () => tryCommand("vn random"))),
      step("Post a link:", link(first)),
      step("See the rest:", chip("/help", () => tryCommand("help"))),
    ),
    others.length > 0 ? el("div", { class: "hint", role: "group", "aria-label": "Links to try" }, el("b", {}, "More links: "), others.map(link)) : null,
    people.length > 0
      ? el("div", { class: "hint", role: "group", "aria-label": "People to try" }, el("b", {}, "People with lists: "), people.map(({ name, command }) => chip(name, () => tryCommand(command, name), `/${command}`)))
      : null,
    token
      ? el("div", { class: "hint", role: "group", "aria-label": "A token to link" }, el("b", {}, "A VNDB token to link: "), chip("/vndb link", () => tryCommand("vndb link")), el("code", { class: "token" }, token))
      : null,
    el("p", {}, describePlace(item)),
  ].filter(Boolean);
}

function describePlace(item) {
  if (item.kind === "dm") return "Galleries are shown here once /me says so.";
  if (!item.nsfw) return "As Moderator, /settings server says what is shown here.";
  return "Post a link, then edit or delete your message: the card follows.";
}

// Discord's markdown, read in one pass as Discord reads it: at the start of a line the block forms are tried
// first, then the inline forms, and what matches nothing is text.

import { el, outLink, safeUrl } from "./dom.js";

const MAX_DEPTH = 12;
const BODY = String.raw`(?:\\[\s\S]|[^\\])+?`;
const URL_BODY = String.raw`https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\))+`;

const BLOCK = [
  [/```(?:([\w+\-.#]+)\n)?\n*([\s\S]+?)\n*```\n?/y, drawCodeBlock],
  [/(#{1,3}) +([^\n]+)(?:\n|$)/y, (m, run) => el(`h${m[1].length + 1}`, { class: `md-h${m[1].length}` }, run(m[2].trim()))],
  [/-# +([^\n]+)(?:\n|$)/y, (m, run) => el("small", { class: "md-subtext" }, run(m[1]))],
  [/>>> ?([\s\S]+)/y, (m, run) => el("blockquote", {}, run(m[1], true))],
  [/(?:> [^\n]*(?:\n|$))+/y, (m, run) => el("blockquote", {}, run(m[0].replace(/^> ?/gm, "").replace(/\n$/, ""), true))],
  [/(?: *(?:[-*]|\d{1,9}\.) +[^\n]+(?:\n|$))+/y, drawList],
];

const INLINE = [
  [/\\([^0-9A-Za-z\s])/y, (m) => m[1]],
  [/```(?:([\w+\-.#]+)\n)?\n*([\s\S]+?)\n*```\n?/y, drawCodeBlock],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (m) => el("code", {}, m[2])],
  [new RegExp(String.raw`\[((?:\\.|[^\[\]\\\n])+)\]\(<?(${URL_BODY})>?(?: +"[^"\n]*")?\)`, "y"), drawMaskedLink],
  [/<(https?:\/\/[^\s<>]+)>/y, (m) => drawLink(m[1])],
  [/https?:\/\/[^\s<]+[^<.,:;"'\]\s|*_~`]/y, drawBareLink],
  [/<@!?(\d+)>/y, (m, run, names) => mention(`@${names.user(m[1]) ?? "unknown-user"}`)],
  [/<@&(\d+)>/y, (m, run, names) => mention(`@${names.role?.(m[1]) ?? "deleted-role"}`)],
  [/<#(\d+)>/y, (m, run, names) => mention(`#${names.channel(m[1]) ?? "unknown"}`)],
  [/<\/([^:>\n]{1,100}):\d+>/y, (m) => mention(`/${m[1]}`, "md-command")],
  [/<a?:(\w{2,32}):\d+>/y, (m) => el("span", { class: "md-emoji", title: `:${m[1]}:` }, `:${m[1]}:`)],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (m) => drawTime(Number(m[1]), m[2] ?? "f")],
  [/@(everyone|here)\b/y, (m) => mention(m[0])],
  [new RegExp(String.raw`\|\|(${BODY})\|\|`, "y"), (m, run) => spoiler(run(m[1], true))],
  [new RegExp(String.raw`\*\*\*(${BODY})\*\*\*(?!\*)`, "y"), (m, run) => el("strong", {}, el("em", {}, run(m[1])))],
  [new RegExp(String.raw`\*\*(${BODY})\*\*(?!\*)`, "y"), (m, run) => el("strong", {}, run(m[1]))],
  [new RegExp(String.raw`__(${BODY})__(?!_)`, "y"), (m, run) => el("u", {}, run(m[1]))],
  [/\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/y, (m, run) => el("em", {}, run(m[1]))],
  [/_((?:__|\\[\s\S]|[^\\_])+?)_(?![\w])/y, (m, run) => el("em", {}, run(m[1])), /\w$/],
  [new RegExp(String.raw`~~(${BODY})~~(?!_)`, "y"), (m, run) => el("s", {}, run(m[1]))],
];

/** Draw Discord markdown; `names` turns ids into names. */
export function renderMarkdown(text, names) {
  return read(String(text ?? ""), names, true, 0);
}

/** Draw the first line alone, without headings, lists and quotes. */
export function renderLine(text, names) {
  return read(String(text).split("\n", 1)[0], names, false, 0);
}

function read(text, names, lineStart, depth) {
  const out = document.createDocumentFragment();
  const run = (inner, atLineStart = false) => read(inner, names, atLineStart, depth + 1);
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const startsLine = at === 0 ? lineStart : text[at - 1] === "\n";
    const found = depth < MAX_DEPTH ? match(text, at, startsLine) : null;
    const node = found ? found.draw(found.match, run, names) : null;
    if (node === null) {
      const char = String.fromCodePoint(text.codePointAt(at));
      plain += char;
      at += char.length;
      continue;
    }
    if (typeof node === "string") plain += node;
    else {
      out.append(plain, node);
      plain = "";
    }
    at += found.match[0].length - (node.unread ?? 0);
  }
  out.append(plain);
  return out;
}

const SPECIAL = /[\\`[<h@|*_~]/;

function match(text, at, startsLine) {
  if (startsLine) {
    const found = tryAll(BLOCK, text, at);
    if (found) return found;
  }
  return SPECIAL.test(text[at]) ? tryAll(INLINE, text, at) : null;
}

function tryAll(rules, text, at) {
  for (const [pattern, draw, notAfter] of rules) {
    if (notAfter && at > 0 && notAfter.test(text[at - 1])) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { match: found, draw };
  }
  return null;
}

function drawCodeBlock(found) {
  return el("pre", {}, el("code", {}, found[2]));
}

function drawList(found, run) {
  const list = document.createDocumentFragment();
  let current = null;
  for (const line of found[0].replace(/\n$/, "").split("\n")) {
    const [, indent, marker, rest] = /^( *)([-*]|\d+\.) +(.*)$/.exec(line);
    const tag = /\d/.test(marker) ? "ol" : "ul";
    if (current?.localName !== tag) {
      current = el(tag, { class: "md-list", start: tag === "ol" ? Number.parseInt(marker, 10) : null });
      list.append(current);
    }
    // Long numbers get the room that they need.
    if (tag === "ol") current.style.paddingLeft = `${0.8 + 0.6 * String(Number.parseInt(marker, 10)).length}em`;
    const item = el("li", {}, run(rest));
    if (indent.length > 1) item.classList.add("nested");
    current.append(item);
  }
  return el("div", { class: "md-lists" }, list);
}

function drawLink(address, ...children) {
  const href = safeUrl(address);
  if (href === null) return null;
  return outLink(href, {}, ...(children.length > 0 ? children : [address]));
}

function drawMaskedLink(found, run) {
  // Discord leaves a link whose words look like another address as it was written.
  if (/https?:\/\//.test(found[1])) return null;
  return drawLink(found[2], run(found[1]));
}

function drawBareLink(found) {
  let address = found[0];
  while (address.endsWith(")") && !address.includes("(")) address = address.slice(0, -1);
  const link = drawLink(address);
  if (link !== null) link.unread = found[0].length - address.length;
  return link;
}

function mention(text, kind = "") {
  return el("span", { class: `md-mention ${kind}` }, text);
}

/** Hidden until it is clicked: also from a screen reader. */
export function spoiler(content) {
  const inner = el("span", { class: "spoiler-text", "aria-hidden": "true" }, content);
  const box = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler", "aria-expanded": "false" }, inner);
  const open = (event) => {
    if (box.classList.contains("open")) return;
    event.preventDefault();
    event.stopPropagation();
    box.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) box.removeAttribute(name);
    inner.removeAttribute("aria-hidden");
  };
  box.addEventListener("click", open, true);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") open(event);
  });
  return box;
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { year: "numeric", month: "2-digit", day: "2-digit" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function relative(seconds) {
  const away = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(away / size), unit);
}

function drawTime(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const text = style === "R" ? relative(seconds) : new Intl.DateTimeFormat("en", STYLES[style]).format(date);
  return el("time", { class: "md-time", datetime: date.toISOString(), title: date.toString() }, text);
}

// Everything on the page is made here, and text only ever becomes a text node: nothing that a person, a bot
// or a service wrote can turn into markup.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  hash: "M9 3 7 21M17 3l-2 18M4 8.5h17M3 15.5h17",
  speaker: "M4 9v6h4l5 4V5L8 9zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  forum: "M4 4h12v9H8l-4 4zM16 8h4v12l-4-3h-6",
  news: "M4 10v4h3l9 4V6l-9 4zM19 9.5a4 4 0 0 1 0 5",
  archive: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  thread: "M5 4h14v10H11l-4 4v-4H5zM9 8h6M9 11h4",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm0 0v2a2.5 2.5 0 0 0 5 0v-2a9 9 0 1 0-4 7.5",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  down: "M6 9l6 6 6-6",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7Zm13 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  slash: "M15 4 9 20",
  plus: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-5 16-3-7z",
  app: "M4 4h7v7H4zM13 13h7v7h-7zM13 4h7v7h-7zM4 13h7v7H4z",
  reply: "M10 6H6a3 3 0 0 0-3 3v8",
};

/** Make an element: properties starting with `on` are listeners, `class` and `aria-*` attributes, the rest attributes. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? "");
  svg.append(path);
  return svg;
}

/** The address if it may be opened or shown, else null: `javascript:` and its kin never pass. */
export function safeUrl(text) {
  try {
    const url = new URL(String(text));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function outLink(href, attributes, ...children) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}

const COLOURS = ["#5865f2", "#3ba55c", "#faa61a", "#ed4245", "#eb459e", "#747f8d"];

export function displayName(user) {
  return user?.global_name || user?.username || "Unknown user";
}

export function avatar(user, className = "avatar") {
  const name = displayName(user);
  const element = el("span", { class: className, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
  const sum = [...name].reduce((total, char) => total + char.codePointAt(0), 0);
  element.style.backgroundColor = user?.bot ? COLOURS[0] : COLOURS[1 + (sum % (COLOURS.length - 1))];
  return element;
}

export function colour(number) {
  return `#${Number(number).toString(16).padStart(6, "0")}`;
}

/** Keep a popup inside the window, beside the element it belongs to. */
export function place(popup, { x, y }) {
  popup.style.left = `${Math.max(8, Math.min(x, window.innerWidth - popup.offsetWidth - 8))}px`;
  popup.style.top = `${Math.max(8, Math.min(y, window.innerHeight - popup.offsetHeight - 8))}px`;
}

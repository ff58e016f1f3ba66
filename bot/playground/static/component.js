// Components V2 and the older rows of buttons, drawn from the JSON the bot sent.

import { colour, el, icon, outLink, safeUrl } from "./dom.js";
import { renderMarkdown } from "./markdown.js";
import { picture } from "./picture.js";
import { selectMenu } from "./select.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

const DRAW = {
  1: (row, context) => el("div", { class: "c-row" }, row.components.map((item) => drawComponent(item, context))),
  2: drawButton,
  3: drawSelect,
  5: drawSelect,
  6: drawSelect,
  7: drawSelect,
  8: drawSelect,
  9: drawSection,
  10: (text, context) => el("div", { class: "c-text markdown" }, renderMarkdown(text.content, context.names)),
  11: drawThumbnail,
  12: drawGallery,
  13: drawFile,
  14: drawSeparator,
  17: drawContainer,
};

/** Draw one component; a kind this page does not know is named instead of being left out. */
export function drawComponent(component, context) {
  const draw = DRAW[component.type];
  if (draw === undefined) return el("p", { class: "c-unknown" }, `Component of type ${component.type}`);
  return draw(component, context);
}

// What is in each box that is or was veiled.
const veiledThings = new WeakMap();

/** What is inside stays hidden until it is asked for, also from a screen reader and the keyboard. */
function veil(box, { label, spoiler }) {
  if (!spoiler) return box;
  const cover = el("button", { type: "button", class: "veil", "aria-label": label }, el("span", {}, "SPOILER"));
  veiledThings.set(box, [box.textContent, ...[...box.querySelectorAll("img")].map((image) => image.src)].join("\n"));
  cover.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
    unveil(box);
  });
  box.classList.add("veiled");
  for (const child of box.children) {
    child.setAttribute("inert", "");
    child.setAttribute("aria-hidden", "true");
  }
  box.append(cover);
  return box;
}

function unveil(box) {
  box.classList.replace("veiled", "unveiled");
  box.querySelector(":scope > .veil").remove();
  for (const child of box.children) {
    child.removeAttribute("inert");
    child.removeAttribute("aria-hidden");
  }
}

/** Open in `drawn` what was opened in `before`, if it is still the same. */
export function keepOpen(before, drawn) {
  const open = new Set([...before.querySelectorAll(".unveiled")].map((box) => veiledThings.get(box)));
  for (const box of drawn.querySelectorAll(".veiled")) {
    if (open.has(veiledThings.get(box))) unveil(box);
  }
}

function drawButton(button, context) {
  const label = [button.emoji ? emojiText(button.emoji) : "", button.label ?? ""].filter(Boolean).join(" ");
  const kind = `button ${BUTTON_STYLES[button.style] ?? "secondary"}`;
  if (button.style === 5) {
    const href = safeUrl(button.url);
    return href === null ? el("span", { class: kind }, label) : outLink(href, { class: kind }, label, icon("out"));
  }
  const element = el("button", { type: "button", class: kind, disabled: button.disabled }, label || "\u200b");
  element.addEventListener("click", () => context.act(element, { type: "press", custom_id: button.custom_id }));
  return element;
}

export function emojiText(emoji) {
  return emoji.id ? `:${emoji.name}:` : emoji.name ?? "";
}

function drawSelect(select, context) {
  return selectMenu({
    label: select.placeholder || "Make a selection",
    options: context.pickable(select),
    min: select.min_values ?? 1,
    max: select.max_values ?? 1,
    disabled: select.disabled,
    pick: (element, values) => context.act(element, { type: "select", custom_id: select.custom_id, values }),
  });
}

function drawSection(section, context) {
  return el(
    "div",
    { class: "c-section" },
    el("div", { class: "c-section-text" }, section.components.map((item) => drawComponent(item, context))),
    el("div", { class: "c-accessory" }, drawComponent(section.accessory, context)),
  );
}

function drawThumbnail(thumbnail) {
  const box = el("div", { class: "c-thumbnail" }, picture(thumbnail.media, thumbnail.description, "c-picture"));
  return veil(box, { label: "Show the picture (spoiler)", spoiler: thumbnail.spoiler });
}

function drawGallery(gallery) {
  const items = gallery.items.map((item) =>
    veil(el("div", { class: "c-gallery-item" }, picture(item.media, item.description, "c-picture")), {
      label: "Show the picture (spoiler)",
      spoiler: item.spoiler,
    }),
  );
  return el("div", { class: `c-gallery of-${items.length}` }, items);
}

function drawFile(file, context) {
  const url = file.file?.url;
  const attached = (context.attachments ?? []).find((one) => one.url === url);
  const name = file.name ?? attached?.filename ?? url?.split("/").at(-1);
  return fileBox({ url, name, size: file.size ?? attached?.size, spoiler: file.spoiler });
}

function fileBox({ url, name = "file", size, spoiler }) {
  const href = safeUrl(url);
  const bytes = typeof size === "number" ? el("span", { class: "c-size" }, describeSize(size)) : null;
  const link = href ? outLink(href, { download: name }, name) : el("span", {}, name);
  const box = el("div", { class: "c-file" }, icon("file"), el("div", { class: "c-file-name" }, link, bytes));
  return veil(box, { label: "Show the file (spoiler)", spoiler });
}

function describeSize(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

/** The files that a message without components carries: pictures as a gallery, the rest by name. */
export function drawAttachments(attachments) {
  const isPicture = (file) => file.content_type?.startsWith("image/");
  const isSpoiler = (file) => file.filename.startsWith("SPOILER_");
  const pictures = attachments.filter(isPicture).map((file) => ({ media: file, description: file.description, spoiler: isSpoiler(file) }));
  const others = attachments.filter((file) => !isPicture(file));
  return [
    ...(pictures.length > 0 ? [drawGallery({ items: pictures })] : []),
    ...others.map((file) => fileBox({ url: file.url, name: file.filename, size: file.size, spoiler: isSpoiler(file) })),
  ];
}

function drawSeparator(separator) {
  const size = separator.spacing === 2 ? "large" : "small";
  return el("div", { class: `c-separator ${size}${separator.divider === false ? "" : " line"}`, role: "separator" });
}

function drawContainer(container, context) {
  const inner = el("div", { class: "c-inner" }, container.components.map((item) => drawComponent(item, context)));
  const box = el("div", { class: "c-container" }, inner);
  if (typeof container.accent_color === "number") {
    box.classList.add("accent");
    box.style.setProperty("--accent", colour(container.accent_color));
  }
  return veil(box, { label: "Show the card (spoiler)", spoiler: container.spoiler });
}

/** The older form of a card, or what Discord shows of a link. */
export function drawEmbed(embed, context, { spoiler = false } = {}) {
  const text = (content, className) =>
    content ? el("div", { class: `markdown ${className}` }, renderMarkdown(content, context.names)) : null;
  const title = embed.title
    ? el("div", { class: "e-title" }, linked(embed.url, renderMarkdown(embed.title, context.names)))
    : null;
  const author = embed.author?.name ? el("div", { class: "e-author" }, linked(embed.author.url, embed.author.name)) : null;
  const fields = (embed.fields ?? []).map((field) =>
    el("div", { class: `e-field${field.inline ? " inline" : ""}` }, text(field.name, "e-name"), text(field.value, "e-value")),
  );
  const footer = [embed.footer?.text, embed.timestamp ? new Date(embed.timestamp).toLocaleString("en") : null];
  const box = el(
    "article",
    { class: "embed", "aria-label": embed.title ?? "Embed" },
    el(
      "div",
      { class: "e-main" },
      el("div", { class: "e-body" }, author, title, text(embed.description, "e-description"), el("div", { class: "e-fields" }, fields)),
      embed.thumbnail ? el("div", { class: "c-thumbnail" }, picture(embed.thumbnail, "Thumbnail", "c-picture")) : null,
    ),
    embed.image ? el("div", { class: "e-image" }, picture(embed.image, "Image", "c-picture")) : null,
    footer.some(Boolean) ? el("div", { class: "e-footer" }, footer.filter(Boolean).join(" • ")) : null,
  );
  if (typeof embed.color === "number" && embed.color > 0) box.style.setProperty("--accent", colour(embed.color));
  return veil(box, { label: "Show the embed (spoiler)", spoiler });
}

function linked(address, content) {
  const href = address ? safeUrl(address) : null;
  return href === null ? el("span", {}, content) : outLink(href, {}, content);
}

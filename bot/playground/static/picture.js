// A picture of a message, and how it opens large.

import { el, icon, outLink, safeUrl } from "./dom.js";

/** A picture that opens large on a click; with a modifier it is the link that it also is. */
export function picture(media, description, className) {
  const source = safeUrl(media?.url);
  if (source === null) return el("span", { class: `${className} missing` }, "No picture");
  const image = el("img", { src: source, alt: description || "Picture", title: description, loading: "lazy", referrerpolicy: "no-referrer" });
  const link = outLink(source, { class: className, "aria-haspopup": "dialog" }, image);
  image.addEventListener("error", () => link.replaceChildren(el("span", { class: "c-picture missing" }, description || "No picture")));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openLarge(source, description);
  });
  return link;
}

function openLarge(source, description) {
  const close = el("button", { type: "button", class: "tool", "aria-label": "Close" }, icon("close"));
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": description || "Picture" },
    el("img", { src: source, alt: description || "Picture", referrerpolicy: "no-referrer" }),
    el("footer", {}, el("span", {}, description || ""), outLink(source, {}, "Open in browser"), close),
  );
  // A click anywhere but on the picture or a link leaves, as a press of Escape does.
  dialog.addEventListener("click", (event) => !event.target.closest("img, a") && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

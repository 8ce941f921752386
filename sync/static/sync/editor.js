"use strict";

// The server answers each change with the part as it is then. What was entered there while it was asked is newer: the
// answer is dropped, and the next change is answered. A part may be watched as part of something larger: data-watched.
{
  const read = (part) =>
    JSON.stringify(
      [...part.querySelectorAll("input, select, textarea")].map((one) =>
        one.type === "checkbox" || one.type === "radio" ? one.checked : one.value
      )
    );
  const sent = new WeakMap();
  const find = (event) => event.detail.target.closest("[data-watched]") ?? event.detail.target;

  document.addEventListener("htmx:beforeRequest", (event) => sent.set(find(event), read(find(event))));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (sent.has(find(event)) && sent.get(find(event)) !== read(find(event))) {
      event.detail.shouldSwap = false;
    }
  });
}

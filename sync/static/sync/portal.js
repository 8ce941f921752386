"use strict";

// A form is sent once, however often its button is pressed. A page that the browser shows again from memory may send.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});

// A box that ticks all others of its group: data-ticks="selector".
document.addEventListener("change", (event) => {
  const selector = event.target.dataset?.ticks;
  if (selector) {
    for (const box of document.querySelectorAll(selector)) {
      box.checked = event.target.checked;
    }
  }
});

"use strict";

// What was entered in an editor survives a lost session: it is kept in this tab from the moment it is sent until the
// server has answered it, and offered again where it was not.
{
  const form = document.querySelector("form[data-draft]");
  const offer = document.getElementById("draft");
  const key = `draft:${location.pathname}`;
  // A page that an answer led on to says which page was answered.
  for (const answered of document.querySelectorAll("[data-answered]")) {
    sessionStorage.removeItem(`draft:${answered.dataset.answered}`);
  }

  const show = (entries) => {
    const again = offer.querySelector("form");
    for (const [name, value] of entries) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      again.append(input);
    }
    offer.querySelector("[data-forget]").addEventListener("click", () => {
      sessionStorage.removeItem(key);
      offer.hidden = true;
    });
    offer.hidden = false;
  };

  if (form && offer) {
    const kept = sessionStorage.getItem(key);
    if (form.dataset.draft === "answered") {
      sessionStorage.removeItem(key);
    } else if (kept) {
      show(JSON.parse(kept));
    }
    form.addEventListener("submit", () => {
      const entries = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
      sessionStorage.setItem(key, JSON.stringify(entries));
    });
  }
}

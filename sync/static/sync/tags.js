"use strict";

// Counts the ticked tags while they are ticked; the server counts again when they are saved.
document.addEventListener("change", (event) => {
  const choice = event.target.closest("#tag-choice");
  const counter = document.getElementById("tag-counter");
  if (!choice || !counter || event.target.name !== "tags") {
    return;
  }
  const ticked = choice.querySelectorAll('input[name="tags"]:checked').length;
  counter.textContent = `${ticked}/${choice.dataset.limit}`;
  counter.classList.toggle("bad", ticked > Number(choice.dataset.limit));
});

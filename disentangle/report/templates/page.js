// A legend's buttons light up their group: while hovered or focused, and for good once pressed.
for (const legend of document.querySelectorAll(".legend")) {
  const panel = legend.closest("figure");
  const buttons = [...legend.querySelectorAll("button")];
  const show = (hovered) => {
    const lit = new Set(buttons.filter((b) => b === hovered || b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.group));
    for (const group of panel.querySelectorAll('[id^="group-"]')) group.classList.toggle("dim", lit.size > 0 && !lit.has(group.id));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      show(null);
    });
    button.addEventListener("pointerenter", () => show(button));
    button.addEventListener("pointerleave", () => show(null));
  }
}
// A cell of a matrix of conversions plays in the one player below it.
for (const button of document.querySelectorAll("button.play")) {
  button.addEventListener("click", () => {
    const heard = button.closest(".card").querySelector(".heard"), audio = heard.querySelector("audio");
    heard.querySelector("output").textContent = button.getAttribute("aria-label");
    audio.src = button.dataset.clip;
    audio.play();
  });
}
// One voice at a time.
document.addEventListener("play", (event) => {
  for (const audio of document.querySelectorAll("audio")) if (audio !== event.target) audio.pause();
}, true);

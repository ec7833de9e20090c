// A canvas of few pixels to paint on, by mouse, finger or keyboard. props.size: pixels across; props.value: a backdrop.
const canvas = element.querySelector("canvas");
const view = canvas.getContext("2d");
const layer = document.createElement("canvas"); // what is painted, the backdrop left out
const ink = layer.getContext("2d", { willReadFrequently: true });
const size = Number(canvas.dataset.size);
const scale = Math.max(1, Math.round(560 / size));
const backdrop = new Image();
const cursor = { x: size >> 1, y: size >> 1, shown: false };
let last = null;
canvas.width = canvas.height = size * scale;
layer.width = layer.height = size;

const pen = () => element.querySelector("input[name^=pen]:checked").value;
const width = () => Number(element.querySelector("input[type=range]").value);

function show() {
  view.imageSmoothingEnabled = false;
  view.fillStyle = canvas.dataset.ground;
  view.fillRect(0, 0, canvas.width, canvas.height);
  if (backdrop.complete && backdrop.naturalWidth) view.drawImage(backdrop, 0, 0, canvas.width, canvas.height);
  view.drawImage(layer, 0, 0, canvas.width, canvas.height);
  if (cursor.shown) {
    view.strokeStyle = "#2f6fd6";
    view.lineWidth = 3;
    const side = width() * scale;
    view.strokeRect((cursor.x + 0.5) * scale - side / 2, (cursor.y + 0.5) * scale - side / 2, side, side);
  }
}

function dot(x, y) {
  const radius = width() / 2;
  const colour = pen();
  for (let j = Math.max(0, Math.floor(y - radius)); j <= Math.min(size - 1, y + radius); j++)
    for (let i = Math.max(0, Math.floor(x - radius)); i <= Math.min(size - 1, x + radius); i++) {
      if ((i - x) ** 2 + (j - y) ** 2 > radius * radius + 0.1) continue;
      if (colour === "erase") ink.clearRect(i, j, 1, 1);
      else {
        ink.fillStyle = colour;
        ink.fillRect(i, j, 1, 1);
      }
    }
}

function line(from, to) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
  for (let k = 0; k <= steps; k++) dot(from.x + ((to.x - from.x) * k) / steps, from.y + ((to.y - from.y) * k) / steps);
  show();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.left) / box.width) * size - 0.5, y: ((event.clientY - box.top) / box.height) * size - 0.5 };
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  cursor.shown = false;
  last = place(event);
  line(last, last);
});
canvas.addEventListener("pointermove", (event) => {
  if (!last) return;
  const here = place(event);
  line(last, here);
  last = here;
});
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (last = null));

const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener("keydown", (event) => {
  if (!moves[event.key] && event.key !== " ") return;
  event.preventDefault();
  const before = { x: cursor.x, y: cursor.y };
  const [x, y] = moves[event.key] || [0, 0];
  cursor.x = Math.min(size - 1, Math.max(0, cursor.x + x));
  cursor.y = Math.min(size - 1, Math.max(0, cursor.y + y));
  cursor.shown = true;
  if (event.key === " " || event.shiftKey) line(before, cursor);
  else show();
});
canvas.addEventListener("blur", () => {
  cursor.shown = false;
  show();
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-does]");
  if (!button) return;
  if (button.dataset.does === "clear") {
    ink.clearRect(0, 0, size, size);
    show();
  } else if (button.dataset.does === "first") trigger("first", { strokes: layer.toDataURL("image/png") });
  else trigger("second", { strokes: layer.toDataURL("image/png") });
});

function renew() {
  ink.clearRect(0, 0, size, size);
  if (props.value) backdrop.src = props.value;
  show();
}
backdrop.addEventListener("load", show);
watch("value", renew);
renew();

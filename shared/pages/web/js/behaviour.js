// What storefront and desk share. Every page works without any of this.

document.documentElement.classList.add("js");

// A slow answer says so after 400 ms; a second press does nothing. The server's
// idempotency key is what makes the double submit safe, this only saves it.
export function busy(form, button) {
  form.dataset.sent = "";
  const timer = setTimeout(() => {
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) {
      button.dataset.idle = button.innerHTML;
      button.textContent = button.dataset.busy;
    }
  }, 400);
  return () => {
    clearTimeout(timer);
    delete form.dataset.sent;
    if (!button) return;
    button.removeAttribute("aria-busy");
    if (button.dataset.idle) {
      button.innerHTML = button.dataset.idle;
      delete button.dataset.idle;
    }
  };
}

const waiting = new Set();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  waiting.add(busy(form, event.submitter));
});
// Back must not find a form that still believes it was sent.
addEventListener("pageshow", () => {
  for (const done of waiting) done();
  waiting.clear();
});

// A corrected field loses its error; nothing is ever accused while typing.
document.addEventListener("input", (event) => {
  const input = event.target;
  if (input.getAttribute?.("aria-invalid") !== "true") return;
  if (!input.value.trim() || !input.checkValidity()) return;
  input.removeAttribute("aria-invalid");
  const group = input.closest(".has-error");
  group?.classList.remove("has-error");
  const error = group?.querySelector(".error-text");
  if (error) {
    const kept = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
    if (kept.length) input.setAttribute("aria-describedby", kept.join(" "));
    else input.removeAttribute("aria-describedby");
    error.remove();
  }
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) {
    const input = step.parentElement.querySelector("input");
    const least = Number(input.dataset.least ?? 1);
    const most = Number(input.dataset.most ?? 999);
    const next = (parseInt(input.value, 10) || 0) + Number(step.dataset.step);
    input.value = String(Math.min(most, Math.max(least, next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  if (event.target.closest("[data-print]")) print();
});

function connection() {
  document.querySelector(".offline")?.remove();
  if (navigator.onLine) return;
  const bar = document.createElement("div");
  bar.className = "offline";
  bar.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = document.body.dataset.offline ?? "You're offline.";
  bar.append(words);
  document.body.prepend(bar);
}
addEventListener("offline", connection);
addEventListener("online", connection);
connection();

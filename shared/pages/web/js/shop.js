// The storefront's extras: a dialog instead of the "added" page, totals that
// follow the country, a product's price that follows the option.

import { busy } from "./behaviour.js";

async function page(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  return fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
}

// Adding to the cart: the answer is a whole page; the dialog shows its middle.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-add]") || typeof HTMLDialogElement === "undefined") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if ("sent" in form.dataset) return;
  const button = event.submitter;
  const done = busy(form, button);
  try {
    const response = await send(form, button);
    const answer = await page(response);
    const added = answer.querySelector("[data-added]");
    if (!response.ok || !added) {
      location.assign(response.redirected ? response.url : form.dataset.fallback ?? location.href);
      return;
    }
    const count = answer.querySelector("[data-cart-link]");
    if (count) document.querySelector("[data-cart-link]")?.replaceWith(document.adoptNode(count));
    show(document.adoptNode(added), button);
  } catch {
    HTMLFormElement.prototype.submit.call(form);
  } finally {
    done();
  }
}, true);

function show(content, opener) {
  const dialog = document.createElement("dialog");
  const title = content.querySelector("h1");
  if (title) {
    title.id = "added-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "dialog-close";
  close.setAttribute("aria-label", "Close");
  close.textContent = "✕";
  close.addEventListener("click", () => dialog.close());
  for (const link of content.querySelectorAll("[data-continue]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.append(content, close);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".button")?.focus();
}

// The product's price and stock follow the chosen option.
document.addEventListener("change", (event) => {
  const option = event.target;
  if (option.matches("[data-variant]")) {
    const part = document.getElementById(`offer-${option.value}`);
    const shown = document.querySelector("[data-offer]");
    if (part && shown) shown.replaceChildren(part.content.cloneNode(true));
  }
  if (option.matches("[data-requote]")) requote(option.form);
});

// Delivery methods and total follow the country; the newest answer wins.
let asked = 0;
async function requote(form) {
  const turn = ++asked;
  const button = form.querySelector("[name=intent][value=update]");
  if (!button) return;
  const regions = document.querySelectorAll("[data-region]");
  for (const region of regions) region.setAttribute("aria-busy", "true");
  try {
    const answer = await page(await send(form, button));
    if (turn !== asked) return;
    for (const region of regions) {
      const fresh = answer.getElementById(region.id);
      // The region itself stays: what is folded out stays so, and what it says is read out.
      if (fresh) region.replaceChildren(...document.adoptNode(fresh).childNodes);
    }
    for (const name of ["expected_total", "expected_credit", "idempotency_key"]) {
      const fresh = answer.querySelector(`input[name=${name}]`);
      const kept = form.elements[name];
      if (fresh && kept) kept.value = fresh.value;
    }
  } catch {
    // The button "Update delivery and total" still does it.
  } finally {
    for (const region of document.querySelectorAll("[data-region]")) region.removeAttribute("aria-busy");
  }
}

// A payment under way: ask again until the page has something new to say.
const watched = document.querySelector("[data-poll]");
if (watched) {
  let wait = Number(watched.dataset.poll) * 1000;
  const ask = async () => {
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      if (response.ok && !(await page(response)).querySelector("[data-poll]")) {
        location.reload();
        return;
      }
    } catch {
      // Offline: the next turn asks again.
    }
    wait = Math.min(wait * 1.5, 30000);
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}

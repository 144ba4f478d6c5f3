// A stock list goes straight to where it is kept: a form would take it through a function, which is handed 6 MB at most.
// Where that fails, a file that a form takes goes by the form, and any other can be sent again.

import { busy } from "./behaviour.js";
import { admitted } from "./session.js";

const PATIENCE_MS = 60_000;
/** How long the address is good that a file is put to. */
const LIFE_MS = 600_000;

const form = document.querySelector("form[data-upload]");
const most = Number(form?.dataset.most);
const mostByForm = Number(form?.dataset.mostByForm);

form?.addEventListener("submit", async (event) => {
  const file = form.elements.file.files[0];
  // The shop itself says what is wrong with no file at all.
  if (!file) return;
  event.preventDefault();
  if ("sent" in form.dataset) return;
  if (file.size > most) {
    say(`Choose a file of ${Math.floor(most / 1024 / 1024)} MB at most.`);
    return;
  }
  const done = busy(form, event.submitter);
  const idle = () => {
    done();
    form.querySelector("[data-sending]").hidden = true;
  };
  // Back must not find a form that still believes it was sent.
  addEventListener("pageshow", idle, { once: true });
  try {
    say("");
    const { id, upload } = await opened(file);
    await sent(file, upload);
    location.assign(`${form.action}/${encodeURIComponent(id)}`);
  } catch (error) {
    idle();
    // What stands in the way may let a form through.
    if (!(error instanceof Refused) && file.size <= mostByForm) form.submit();
    else say(error instanceof Refused ? error.message : "The file did not get through. Send it again, or a smaller one.");
  }
});

class Refused extends Error {}

function say(words) {
  const said = form.querySelector("[data-said]");
  said.textContent = words;
  said.hidden = !words;
}

/** Asks where the file may be put. */
async function opened(file) {
  const response = await admitted(() => fetch(form.dataset.upload, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ filename: file.name, bytes: file.size, dry_run: true }),
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }));
  const answer = await response.json().catch(() => ({}));
  if (response.ok && answer.upload) return answer;
  if (response.status === 401) throw new Refused("You are signed out. Sign in on another tab, then send it again.");
  throw new Refused(answer.errors?.[0]?.detail ?? answer.detail ?? "The shop did not take the file. Send it again.");
}

/** Puts the file there; how far it is shows meanwhile. */
function sent(file, { url, headers }) {
  const line = form.querySelector("[data-sending]");
  const bar = line.querySelector("progress");
  bar.value = 0;
  line.hidden = false;
  return new Promise((settle, fail) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      // A browser says the length itself, and lets nobody else say it.
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = total ? loaded / total : 0; });
    request.addEventListener("load", () => (request.status < 300 ? settle() : fail(new Error(String(request.status)))));
    request.timeout = LIFE_MS;
    for (const end of ["error", "timeout"]) request.addEventListener(end, () => fail(new Error("no answer")));
    request.send(file);
  });
}

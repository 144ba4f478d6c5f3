// A hand scanner counts what came of a return into its table. Without this the table is filled in by hand.
//
// What the page gives:
//   <form data-scan="ID">            the field that is scanned into; ID is the form with the table
//     [data-tone], [data-words]      the band: an icon for each tone, and the words
//     #scan-tones                    whether it sounds; off unless somebody wants it on this device
//   <tr data-sku data-barcode data-title data-asked>
//     [data-counts=came], [data-counts=as-new]

const TONES = "desk-scan-tones";
/** A scanner that reads the same label twice in this time read one item. */
const REPEAT_MS = 2000;

const form = document.querySelector("form[data-scan]");
if (form) begin(form);

// A number that no return has stays, selected: the next scan takes its place.
document.querySelector("input[data-search][autofocus]")?.select();

function begin(form) {
  const field = form.querySelector("[data-search]");
  const rows = [...document.querySelectorAll(`#${CSS.escape(form.dataset.scan)} tr[data-sku]`)];
  const tones = form.querySelector("#scan-tones");
  tones.checked = localStorage.getItem(TONES) !== null;
  tones.addEventListener("change", () => {
    if (tones.checked) localStorage.setItem(TONES, "1");
    else localStorage.removeItem(TONES);
    field.focus();
  });

  let last = { code: "", at: -REPEAT_MS, known: true };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim().toLowerCase();
    if (!code) return;
    if (code !== last.code || event.timeStamp - last.at >= REPEAT_MS) {
      const { known, ...told } = scanned(rows, code);
      last = { code, at: event.timeStamp, known };
      tell(form, told);
      if (tones.checked) sound(told.tone === "ok");
    }
    if (last.known) field.value = "";
    else field.select();
  });
  // What is wrong with the form is read first.
  if (!document.querySelector(".error-summary")) field.focus({ preventScroll: true });
}

/** Counts one of what has the code, and says what came of it. */
function scanned(rows, code) {
  for (const row of rows) row.classList.remove("scanned");
  const has = ({ dataset }) => [dataset.sku, dataset.barcode].some((one) => one.toLowerCase() === code);
  const matching = rows.filter(has);
  if (!matching.length) return { known: false, tone: "bad", words: "Nothing of this return has that code" };
  const row = matching.find((one) => count(one, "came") < Number(one.dataset.asked));
  if (!row) return { known: true, tone: "warn", words: "All of these are here already" };
  row.classList.add("scanned");
  const came = add(row, "came");
  add(row, "as-new");
  return { known: true, tone: "ok", words: `${row.dataset.title}: ${came} of ${row.dataset.asked}` };
}

const cell = (row, what) => row.querySelector(`[data-counts="${what}"]`);
const count = (row, what) => parseInt(cell(row, what).value, 10) || 0;

function add(row, what) {
  const more = count(row, what) + 1;
  const input = cell(row, what);
  input.value = String(more);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return more;
}

function tell(form, { tone, words }) {
  const said = form.querySelector("[data-words]");
  const band = said.parentElement;
  for (const icon of band.querySelectorAll("[data-tone]")) {
    const shown = icon.dataset.tone === tone;
    icon.hidden = !shown;
    band.classList.toggle(`tone-${icon.dataset.tone}`, shown);
  }
  said.textContent = words;
}

let audio;

function sound(good) {
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = good ? 880 : 220;
  volume.gain.value = 0.2;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + (good ? 0.1 : 0.35));
}

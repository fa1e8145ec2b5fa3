import type { RequestContext } from "../requestContext.ts";
import { cachedFile } from "./cachedFile.ts";

/**
 * The one script; everything works without it. It writes times in the reader's zone, and looks at the page again
 * while `main` says so (`data-poll`, seconds) and somebody can see it; without its query, which may ask for more than to look. Of `main` it replaces the children that the server
 * has changed and no others, so that the focus, what is typed and what is open stay. Where no answer comes, title, icon and a note say so.
 */
const SCRIPT = `(() => {
"use strict";
const main = document.getElementById("main");
const DAY = 864e5;
const write = (at, form) => {
  const now = new Date();
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const midnight = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  const days = (midnight(at) - midnight(now)) / DAY;
  const year = Math.abs(days) < 300 ? {} : { year: "numeric" };
  const day = at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "long", ...year }).replace(",", "");
  if (form === "full") return day + " " + clock;
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
  return near ? near + " " + clock : day;
};
const localise = (root) => {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    // A day alone is a day of UTC wherever the reader is.
    if (isNaN(at) || !time.dateTime.includes("T")) continue;
    time.title = at.toISOString().slice(0, 16).replace("T", " ") + " UTC";
    time.textContent = write(at, time.dataset.form);
  }
};
const zone = document.getElementById("zone");
const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && name) zone.textContent = "Times are in your time zone, " + name + ".";

const texts = (root) => [...root.children].map((child) => child.outerHTML);
let shown = main && texts(main);
localise(document);
if (!main) return;

// Where an element is, below the nearest one with an id, to be found again among new ones.
const placeOf = (element) => {
  const steps = [];
  for (; element && element !== main && !element.id; element = element.parentElement)
    steps.unshift([...(element.parentElement || element).children].indexOf(element));
  const id = element && element.id;
  return () => steps.reduce((at, step) => at && at.children[step], id && document.getElementById(id));
};

const take = (text) => {
  const next = new DOMParser().parseFromString(text, "text/html");
  const fresh = next.getElementById("main");
  if (!fresh) return location.reload();
  document.title = next.title;
  const icon = document.querySelector("link[rel=icon]");
  const other = next.querySelector("link[rel=icon]");
  if (icon && other && icon.getAttribute("href") !== other.getAttribute("href")) icon.replaceWith(other);
  const back = placeOf(document.activeElement);
  const open = [...main.querySelectorAll("details[open][id]")].map((each) => each.id);
  const later = texts(fresh);
  const children = [...fresh.children];
  localise(fresh);
  if (later.length !== shown.length) main.replaceChildren(...children);
  else children.forEach((child, at) => later[at] !== shown[at] && main.children[at].replaceWith(child));
  shown = later;
  for (const id of open) { const each = document.getElementById(id); if (each) each.open = true; }
  const again = back();
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  if (fresh.dataset.poll) main.dataset.poll = fresh.dataset.poll; else delete main.dataset.poll;
};

// Without an answer nothing that stands here is sure. The next look asks for the whole page, which takes this back.
let note;
const lose = () => {
  if (note) return;
  tag = null;
  note = document.createElement("p");
  note.className = "note unknown";
  note.role = "status";
  note.textContent = "No answer since " + write(new Date(), "full");
  main.before(note);
  document.title = "? " + note.textContent;
  document.querySelector("link[rel=icon]").href = "/icon-unknown.svg";
};

let tag = null, timer = 0, asking = false;
const look = async () => {
  if (asking || document.hidden || !main.dataset.poll) return;
  asking = true;
  try {
    const headers = { Accept: "text/html" };
    if (tag) headers["If-None-Match"] = tag;
    const answer = await fetch(location.pathname, { headers, cache: "no-store", credentials: "same-origin" });
    if (answer.status === 401) return location.reload();
    if (answer.status === 200) {
      take(await answer.text());
      tag = answer.headers.get("ETag");
      if (note) note.remove();
      note = null;
    } else if (answer.status !== 304) lose();
  } catch { lose(); } finally { asking = false; wait(); }
};
const wait = () => {
  clearTimeout(timer);
  const seconds = Number(main.dataset.poll);
  if (seconds > 0 && !document.hidden) timer = setTimeout(look, seconds * 1e3);
};
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
wait();
})();
`;

/** Without what only its readers here need: indents, and lines that are comments. */
const SENT = SCRIPT.replace(/^ *(?:\/\/.*\n *)?/gm, "");

const file = cachedFile("/script.js", "text/javascript; charset=utf-8", SENT);
export const scriptPath: string = file.address;
/** GET /script.js */
export const script: (context: RequestContext) => Response = file.handle;

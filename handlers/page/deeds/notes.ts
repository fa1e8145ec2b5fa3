import { type Html, html } from "../html.ts";
import { mark, type State } from "../states.ts";

/** What came of a deed. Its code goes to the page that follows; the words stand here alone. */
const NOTES = {
  begun: ["busy", "The backup has begun: DatoCMS is making it. It goes on if you close this page."],
  made: ["good", "The backup is ready."],
  reused: [
    "warning",
    "No new backup was made: the plan has no place for a second one of today. The one that exists stays.",
  ],
  kept: [
    "good",
    "The backup is kept under its own name, and no run removes it. Its place in the plan stays taken until you delete it in DatoCMS.",
  ],
  removed: ["good", "The backup is removed."],
  "last-backup": [
    "warning",
    "Nothing was removed: it is the last backup that is sure to stay. Make another one first.",
  ],
  "backup-in-use": [
    "warning",
    "Nothing was done: an archive, a restore or a fork is reading this backup. Try again when that is over.",
  ],
  "environment-not-ready": [
    "warning",
    "Nothing was done: the backup is in the making, or being removed already.",
  ],
  "environment-replaced": [
    "warning",
    "Nothing was done: this is another backup by now than the one that you saw. Look at the list again.",
  ],
  "environment-not-found": ["warning", "Nothing was done: this backup is not there any more."],
  "not-a-backup": ["warning", "Nothing was done: this is not a backup of this service."],
  "name-taken": ["warning", "Nothing was done: an environment has this name already. Choose another one."],
  "invalid-name": [
    "warning",
    "Nothing was done: a name has lower-case letters, digits and dashes, 63 at most, and does not begin as this service's own names do.",
  ],
  "backup-id-is-primary": [
    "warning",
    "No backup was made: the one of today is the primary environment now. Rename it in DatoCMS.",
  ],
  "environment-limit-reached": [
    "bad",
    "No backup was made: the plan has no place for another sandbox. Delete one that nobody needs, or keep fewer backups.",
  ],
  "fork-failed": ["bad", "No backup was made: DatoCMS has begun it and dropped it. Try again."],
  "datocms-busy": [
    "warning",
    "DatoCMS, or another run, is at work on the environments. Try again in a moment.",
  ],
  "datocms-unavailable": [
    "bad",
    "DatoCMS gives no usable answer at the moment. Look at the list, and try again in a moment.",
  ],
  "out-of-time": [
    "warning",
    "DatoCMS took longer than this page may wait. It may have been done: look at the list.",
  ],
  "out-of-calls": [
    "warning",
    "The calls to DatoCMS that this host allows were used up on the way. It may have been done: look at the list.",
  ],
  "datocms-refused": ["bad", "DatoCMS refused a call on the way. It may have been done: look at the list."],
  "rate-limited": ["warning", "DatoCMS allows no more calls at the moment. Try again in a moment."],
  "insufficient-permissions": [
    "bad",
    "DatoCMS does not let this service's token do that. Give its role the right to manage environments.",
  ],
  "invalid-api-token": ["bad", "DatoCMS does not accept this service's token."],
  failed: ["bad", "That did not work. The log of the service says more."],
} as const satisfies Readonly<Record<string, readonly [State, string]>>;

export type NoteCode = keyof typeof NOTES;

/** The code for a failure's cause. */
export function noteOf(cause: string): NoteCode {
  const code = cause.toLowerCase().replaceAll("_", "-");
  return isNote(code) ? code : "failed";
}

/** The note to a code from a browser; nothing where it is none of ours. */
export function noteFor(code: string | undefined): Html | undefined {
  if (code === undefined || !isNote(code)) return undefined;
  const [state, text] = NOTES[code];
  return html`<p class="note ${state}" role="status">${mark(state)}${text}</p>`;
}

function isNote(code: string): code is NoteCode {
  return Object.hasOwn(NOTES, code);
}

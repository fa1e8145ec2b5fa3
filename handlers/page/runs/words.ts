import type { KnownRun, RunSummary } from "../../../services/offsite.ts";
import { counted, KIND, listed } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { type State, signOf } from "../states.ts";

/** How pages speak of runs. */

export const KINDS: Readonly<Record<RunSummary["kind"], string>> = {
  backup: "Backup",
  archive: "Archive",
  upload: "Upload of an archive",
  verify: "Verification",
  prune: "Removal of archives",
  restore: "Restore",
  keep: "Backup kept by hand",
  remove: "Backup removed by hand",
  pause: "Pause",
  resume: "Resume",
  settings: "Settings",
};

export const OUTCOMES: Readonly<Record<RunSummary["status"], string>> = {
  done: "done",
  creating: "in the making",
  skipped: "nothing to do",
  partial: "in part",
  failed: "failed",
};

export const TRIGGERS: Readonly<Record<RunSummary["trigger"], string>> = {
  schedule: "schedule",
  hand: "by hand",
  plugin: "plugin",
};

const STATES: Readonly<Record<RunSummary["status"], State>> = {
  done: "good",
  creating: "busy",
  skipped: "unknown",
  partial: "warning",
  failed: "bad",
};

export function stateOf({ status }: Pick<RunSummary, "status">): State {
  return STATES[status];
}

/** The sign of how a run ended, for the eye alone: words stand beside it. */
export function sign({ status }: Pick<RunSummary, "status">): Html {
  const state = STATES[status];
  return html`<span class="mark ${state}" aria-hidden="true">${status === "skipped" ? "–" : signOf(state)}</span>`;
}

/** Sign and word. */
export function outcome(run: Pick<RunSummary, "status">): Html {
  return html`${sign(run)}${OUTCOMES[run.status]}`;
}

/** What set a run off, and who: a call by hand needs a secret where one is set. */
export function askedBy({ trigger, by }: KnownRun): string {
  const isAnybody = by === "anybody" || by === "anybody-by-job";
  return isAnybody ? `${TRIGGERS[trigger]}, without a secret` : TRIGGERS[trigger];
}

/** What a run was about, beside its kind; empty where its record tells nothing. */
export function subjectOf(run: KnownRun): string {
  const { kind, cadences, archive, verify, prune, restore, sandbox } = run;
  if (kind === "backup") return listed(cadences.map((cadence) => KIND[cadence]));
  if (verify !== undefined) return verify.archiveId ?? "all archives";
  if (prune !== undefined) return `${counted(prune.deleted.length, "archive")} removed`;
  return (archive ?? restore ?? sandbox)?.environmentId ?? "";
}

/** A span (ms) as a clock would tell it: `31 s`, `2 min 5 s`, `1 h 12 min`. */
export function tookText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

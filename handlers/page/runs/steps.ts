import type { ArchiveFate, StoredRun } from "../../../services/offsite.ts";
import { bytesText, capitalised, counted, KIND } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { timeInFull } from "../time.ts";
import { sign } from "./words.ts";

/** What came of a run, in the order in which it came: what was made and removed, and what went wrong. */
export function steps(run: StoredRun, fate: ArchiveFate | undefined): Html {
  const made = [
    ...run.backups.map(backupStep),
    ...archiveSteps(run, fate),
    ...verifySteps(run),
    ...pruneSteps(run),
    ...restoreSteps(run),
  ];
  const list = made.length === 0 ? "" : html`<section><h2>What came of it</h2><ol>${made}</ol></section>`;
  return html`${list}${run.failure === null ? "" : whyItFailed(run.failure, run)}`;
}

type Backup = StoredRun["backups"][number];
type Reason = NonNullable<StoredRun["failure"]>;

const BACKUP_OUTCOMES: Readonly<Record<Backup["outcome"], string>> = {
  done: "ready",
  creating: "in the making; a later run completes it",
  promoted: "not made: it is the primary now",
  failed: "failed",
};

function backupStep(backup: Backup): Html {
  const { cadence, environmentId, outcome, deletedEnvironmentIds, problems, failure } = backup;
  const status = outcome === "promoted" ? "skipped" : outcome;
  return html`<li><p>${sign({ status })}${capitalised(KIND[cadence])}: <code>${environmentId}</code> ${BACKUP_OUTCOMES[outcome]}</p>${deletedEnvironmentIds.map(
    (id) => html`<p>Removed: <code>${id}</code></p>`,
  )}${problems.map(
    ({ code, sentence }) =>
      html`<p class="note warning">${sentence} <span class="quiet"><code>${code}</code>, ${explained("problems")}</span></p>`,
  )}${failure === null ? "" : reasonNote(failure, "causes-of-a-failed-backup")}</li>`;
}

function archiveSteps({ archive, bytes }: StoredRun, fate: ArchiveFate | undefined): Html[] {
  if (archive === undefined) return [];
  const { id, environmentId, warnings } = archive;
  return [
    ...(environmentId === null ? [] : [html`<li>Read: <code>${environmentId}</code></li>`]),
    ...(id === null
      ? []
      : [
          html`<li>Archive <code id="archive">${id}</code>, ${bytesText(bytes)}: ${fateText(fate)}. <code>datocms-backups archive show ${id}</code></li>`,
        ]),
    ...warnings.map((code) => html`<li>Not complete, or uncertain: <code>${code}</code></li>`),
  ];
}

function fateText(fate: ArchiveFate | undefined): Html | string {
  if (fate?.kind !== "expired") return "kept";
  return fate.at === undefined ? "removed since" : html`removed on ${timeInFull(fate.at)}`;
}

function verifySteps({ verify, bytes }: StoredRun): Html[] {
  if (verify === undefined) return [];
  const { archiveId, level, objects, problems } = verify;
  const what = archiveId === null ? "all archives" : html`the archive <code>${archiveId}</code>`;
  return [
    html`<li>Looked at ${counted(objects, "object")} of ${what}, ${bytesText(bytes)}, level ${level}: ${counted(problems, "problem")}</li>`,
  ];
}

function pruneSteps({ prune }: StoredRun): Html[] {
  if (prune === undefined) return [];
  const { deleted, kept, refusal } = prune;
  return [
    ...deleted.map((id) => html`<li>Removed: archive <code>${id}</code></li>`),
    html`<li>Kept: ${counted(kept, "archive")}</li>`,
    ...(refusal == null ? [] : [html`<li>${reasonNote(refusal)}</li>`]),
  ];
}

function restoreSteps({ restore }: StoredRun): Html[] {
  if (restore === undefined) return [];
  const { id, environmentId, records, uploads, schema, refused } = restore;
  return [
    html`<li>Restored in <code>${environmentId}</code>: ${counted(records, "record")}, ${counted(uploads, "file")}, ${counted(schema, "change")} of models</li>`,
    ...refused.map((code) => html`<li>Refused: <code>${code}</code></li>`),
    ...(id === null ? [] : [html`<li><code>datocms-backups restore status ${id}</code></li>`]),
  ];
}

function whyItFailed(failure: Reason, { kind }: StoredRun): Html {
  const anchor = kind === "backup" ? "causes-of-a-failed-backup" : undefined;
  return html`<section><h2>Why it failed</h2>${reasonNote(failure, anchor)}</section>`;
}

function reasonNote({ cause, sentence }: Reason, anchor?: Anchor): Html {
  const where = anchor === undefined ? "" : html`, ${explained(anchor)}`;
  return html`<p class="note bad">${sentence} <span class="quiet"><code>${cause}</code>${where}</span></p>`;
}

/** A section of docs/troubleshooting.md. */
type Anchor = "causes-of-a-failed-backup" | "problems";

function explained(anchor: Anchor): Html {
  return html`explained in <code>docs/troubleshooting.md#${anchor}</code>`;
}

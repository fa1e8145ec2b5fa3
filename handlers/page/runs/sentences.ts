import type { KnownRun, RunSummary } from "../../../services/offsite.ts";
import { adjective, bytesText, capitalised, counted, listed } from "../../../utils/words.ts";
import { tookText } from "./words.ts";

type Headlines = Readonly<Record<RunSummary["kind"], (run: KnownRun) => string>>;

/** What ran and how it ended, without a full stop. What only the record tells is said where it is known. */
export function headlineOf(run: KnownRun): string {
  return HEADLINES[run.kind](run);
}

/** The same, with the reason of a failure in short. */
export function sentenceOf(run: KnownRun): string {
  const [why] = failureIn(run)?.sentence.split(/\.(?:\s|$)/) ?? [];
  return run.status === "failed" && why !== undefined ? `${headlineOf(run)}: ${why}` : headlineOf(run);
}

/** Why a run failed, or the first of its backups that did; undefined where none did, and where nobody knows. */
export function failureIn({ failure, backups = [] }: KnownRun) {
  return failure ?? backups.find((backup) => backup.failure !== null)?.failure ?? undefined;
}

const HEADLINES: Headlines = {
  backup: backupSentence,
  archive: (run) => archiveSentence(run, `Archive${of(run.archive?.environmentId)}`, "made"),
  upload: (run) => archiveSentence(run, `Archive${of(run.archive?.environmentId)}`, "taken in from a file"),
  verify: verifySentence,
  prune: pruneSentence,
  restore: restoreSentence,
  keep: keepSentence,
  remove: removeSentence,
  pause: () => "Schedule paused",
  resume: () => "Schedule resumed",
  settings: () => "Settings changed",
};

function backupSentence(run: KnownRun): string {
  const { status, cadences, backups = [], durationMs } = run;
  const kinds = capitalised(listed(cadences.map(adjective)));
  const what = kinds === "" ? "Backup" : `${kinds} backup${cadences.length === 1 ? "" : "s"}`;
  const removed = backups.flatMap(({ deletedEnvironmentIds }) => deletedEnvironmentIds).length;
  const also = removed === 0 ? "" : `, ${counted(removed, "older one")} removed`;
  switch (status) {
    case "done":
      return `${what} made in ${tookText(durationMs)}${also}`;
    case "creating":
      return `${what} begun; DatoCMS was still at work when the run ended`;
    case "skipped":
      return `${what} asked for; there was nothing to do`;
    default:
      return `${what} failed`;
  }
}

function archiveSentence(run: KnownRun, what: string, made: string): string {
  const { status, bytes, durationMs } = run;
  const how = `${made} in ${tookText(durationMs)}, ${bytesText(bytes)}`;
  if (status === "failed") return `${what} failed`;
  return status === "partial" ? `${what} ${how}, not complete` : `${what} ${how}`;
}

function verifySentence(run: KnownRun): string {
  const { status, verify } = run;
  const what = verify?.archiveId === undefined || verify.archiveId === null ? "Archives" : "Archive";
  const looked = verify === undefined ? "" : `: ${counted(verify.objects, "object")}`;
  if (status !== "failed") return `${what} verified${looked}, no problem`;
  const problems = verify?.problems ?? 0;
  return problems > 0 ? `${what} verified${looked}, ${counted(problems, "problem")}` : "Verification failed";
}

function pruneSentence(run: KnownRun): string {
  const { status, prune } = run;
  if (status === "failed") return "Removal of archives failed";
  const deleted = prune?.deleted.length ?? 0;
  if (status === "skipped") return "No archive had to be removed";
  const what =
    prune === undefined ? "Archives removed" : `${counted(deleted, "archive")} removed, ${prune.kept} kept`;
  return status === "partial" ? `${what}; some of their files were left` : what;
}

function restoreSentence(run: KnownRun): string {
  const { status, restore } = run;
  const where = restore === undefined ? "" : ` in ${restore.environmentId}`;
  if (status === "failed") return `Restore${where} failed`;
  const counts =
    restore === undefined
      ? "Content"
      : `${counted(restore.records, "record")} and ${counted(restore.uploads, "file")}`;
  return `${counts} restored${where}${status === "partial" ? ", some refused" : ""}`;
}

function keepSentence({ status, sandbox }: KnownRun): string {
  const id = sandbox?.environmentId ?? "A backup";
  if (status === "failed") return `${id} could not be kept`;
  return sandbox?.name == null ? `${id} kept` : `${id} kept as ${sandbox.name}`;
}

function removeSentence({ status, sandbox }: KnownRun): string {
  const id = sandbox?.environmentId ?? "A backup";
  return status === "failed" ? `${id} could not be removed` : `${id} removed by hand`;
}

function of(environmentId: string | null | undefined): string {
  return environmentId == null ? "" : ` of ${environmentId}`;
}

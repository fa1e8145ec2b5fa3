import type { Command } from "./command.ts";

/**
 * Every command, by the words that call it and in the order of the help: a new one is a file of `commands/` and a line
 * here. Nothing is loaded of those that are not called: they bring most of the service with them.
 */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./commands/check.ts")).check,
  status: async () => (await import("./commands/status.ts")).status,
  list: async () => (await import("./commands/list.ts")).list,
  backup: async () => (await import("./commands/backup.ts")).backup,
  keep: async () => (await import("./commands/keep.ts")).keep,
  remove: async () => (await import("./commands/remove.ts")).remove,
  "archive create": async () => (await import("./commands/archiveCreate.ts")).archiveCreate,
  "archive list": async () => (await import("./commands/archiveList.ts")).archiveList,
  "archive show": async () => (await import("./commands/archiveShow.ts")).archiveShow,
  "archive verify": async () => (await import("./commands/archiveVerify.ts")).archiveVerify,
  "archive download": async () => (await import("./commands/archiveDownload.ts")).archiveDownload,
  "archive upload": async () => (await import("./commands/archiveUpload.ts")).archiveUpload,
  "archive prune": async () => (await import("./commands/archivePrune.ts")).archivePrune,
  "archive delete": async () => (await import("./commands/archiveDelete.ts")).archiveDelete,
  "archive pin": async () => (await import("./commands/archivePin.ts")).archivePin,
  "archive unpin": async () => (await import("./commands/archivePin.ts")).archiveUnpin,
  "archive forget": async () => (await import("./commands/archiveForget.ts")).archiveForget,
  "restore find": async () => (await import("./commands/restoreFind.ts")).restoreFind,
  "restore preview": async () => (await import("./commands/restorePreview.ts")).restorePreview,
  "restore apply": async () => (await import("./commands/restoreApply.ts")).restoreApply,
  "restore status": async () => (await import("./commands/restoreStatus.ts")).restoreStatus,
  "restore undo": async () => (await import("./commands/restoreUndo.ts")).restoreUndo,
  diff: async () => (await import("./commands/diff.ts")).diff,
  runs: async () => (await import("./commands/runs.ts")).runs,
  "runs show": async () => (await import("./commands/runsShow.ts")).runsShow,
  "alerts test": async () => (await import("./commands/alertsTest.ts")).alertsTest,
  key: async () => (await import("./commands/key.ts")).key,
  config: async () => (await import("./commands/config.ts")).config,
  serve: async () => (await import("./commands/serve.ts")).serve,
  demo: async () => (await import("./commands/demo.ts")).demo,
  version: async () => (await import("./commands/version.ts")).version,
};

/** The words that call each command, in the order of the help. */
export const NAMES: readonly string[] = Object.keys(LOADERS);

/** Asks for help, in which every command stands. */
const HELP = /^(?:help|--help|-[a-z]*h[a-z]*)$/i;

/**
 * The commands that a line may call, whose words stand in it; all of them where there is none, or help is asked for.
 *
 * @param line the words behind the program's name
 */
export function namesIn(line: readonly string[]): readonly string[] {
  if (line.some((word) => HELP.test(word))) return NAMES;
  const found = NAMES.filter((name) => name.split(" ").every((word) => line.includes(word)));
  return found.length > 0 ? found : NAMES;
}

/** @param names of commands, as `NAMES` has them */
export function loadCommands(names: readonly string[]): Promise<Command[]> {
  return Promise.all(names.flatMap((name) => LOADERS[name]?.() ?? []));
}

/** What the commands of a group do; its name is their first word. */
export const GROUPS: Readonly<Record<string, string>> = {
  archive: "keep content outside of DatoCMS, in the store",
  restore: "bring content back from an archive or a backup",
  alerts: "try out what is sent when a backup fails",
};

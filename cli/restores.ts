import * as z from "zod/mini";
import { processHolders } from "../node/processHolder.ts";
import { projectFrom } from "../services/backupService.ts";
import {
  createRestoreService,
  MODES,
  type Preview,
  type Refused,
  type RestoreProgress,
  type RestoreRequest,
  type RestoreService,
  SCOPES,
  type SourceName,
  scopeFrom,
  targetFrom,
  type Warning,
} from "../services/restoreService.ts";
import { counted } from "../utils/words.ts";
import type { Cli } from "./command.ts";
import { CommandError, usageError } from "./errors.ts";
import { wrap } from "./layout.ts";
import { orRefuse } from "./project.ts";
import { changeLines } from "./valueChanges.ts";

/** What commands that compare and restore have in common. */

const USUAL_RATE = 8;
const FAST_RATE = 16;
const MOST_SHOWN = 20;

/**
 * The restores of the one project of the settings.
 *
 * @param signal ends what is under way
 * @throws CommandError 2 where the settings are wrong
 */
export function restoresFor(cli: Cli, signal?: AbortSignal): RestoreService {
  const { variables } = cli.settings();
  const project = orRefuse(projectFrom(variables));
  const { fetch, clock } = cli.io;
  const holders = processHolders();
  const directory = process.cwd();
  return createRestoreService(project, { variables, directory, fetch, clock, signal, holders });
}

/** Flags that say what is restored, whence and whither. */
export const RESTORE_FLAGS = [
  { flags: "--archive <archive>", help: "restore from an archive: its id, `latest` or a day" },
  { flags: "--from <environment>", help: "restore from a sandbox environment, for example a backup" },
  { flags: "--into <environment>", help: "where to: an environment, or new:NAME for a fork of the primary" },
  { flags: "--mode <mode>", help: "add what is missing (default), overwrite what differs, or mirror" },
  { flags: "--only <scope...>", help: `part of it, may be repeated: ${SCOPES.join(", ")}` },
  { flags: "--draft", help: "bring records back as drafts" },
  { flags: "--relink", help: "put links back that DatoCMS took out when a record was deleted" },
  { flags: "--shell", help: "create missing webhooks and build triggers too, disabled" },
  { flags: "--fast", help: "16 calls a second instead of 8" },
] as const;

export const restoreOptions = z.object({
  archive: z.optional(z.string()),
  from: z.optional(z.string()),
  into: z.optional(z.string()),
  mode: z.optional(z.string()),
  only: z.optional(z.array(z.string())),
  draft: z.optional(z.boolean()),
  relink: z.optional(z.boolean()),
  shell: z.optional(z.boolean()),
  fast: z.optional(z.boolean()),
});
export type RestoreOptions = z.infer<typeof restoreOptions>;

/**
 * What the flags ask for.
 *
 * @throws CommandError 2 where they contradict each other or cannot be understood
 */
export function requestFrom(cli: Cli, options: RestoreOptions): RestoreRequest {
  const { into, mode: wanted = "add", only = [], draft = false, relink = false, shell = false } = options;
  const mode = MODES.find((each) => each === wanted);
  if (mode === undefined) throw usageError(`--mode is one of ${MODES.join(", ")}.`);
  if (into === undefined) throw usageError("Name where to restore: --into main, or --into new:NAME.");
  const target = targetFrom(into);
  if (!target.ok) throw new CommandError(2, target.failure.cause, target.failure.sentence);
  return {
    source: sourceFrom(options),
    into: target.value,
    wishes: {
      mode,
      only: only.map((text) => {
        const scope = scopeFrom(text);
        if (scope === undefined) throw usageError(`--only takes ${SCOPES.join(", ")}.`);
        return scope;
      }),
      isDraft: draft,
      relinks: relink,
      withShell: shell,
    },
    callsPerSecond: rateOf(options),
    onProgress: progressOf(cli),
  };
}

/**
 * Where something is looked for or restored from.
 *
 * @throws CommandError 2 where none is named, or two are
 */
export function sourceFrom({ archive, from }: Pick<RestoreOptions, "archive" | "from">): SourceName {
  if ((archive === undefined) === (from === undefined))
    throw usageError("Name one source: --archive latest, or --from a sandbox environment.");
  return from === undefined
    ? { kind: "archive", name: archive ?? "latest" }
    : { kind: "environment", id: from };
}

export function rateOf({ fast = false }: { readonly fast?: boolean | undefined }): number {
  return fast ? FAST_RATE : USUAL_RATE;
}

function progressOf({ progress }: Cli): (progress: RestoreProgress) => void {
  return ({ what, done, total }) =>
    progress.show(what === "fork" ? "DatoCMS makes the new environment" : what, percentage(done, total));
}

function percentage(done: number, total: number): number {
  return Math.floor((done / Math.max(1, total)) * 100);
}

/** A plan as the contract has it. */
export function planAnswer({ plan, models, events }: Preview) {
  const apiKeyOf = (id: string) => models.get(id) ?? id;
  const ids = [...new Set([...plan.unchanged.keys(), ...plan.records.map(({ model }) => model)])];
  return {
    hash: plan.hash,
    archive: plan.from,
    into: plan.into,
    mode: plan.wishes.mode,
    schema: plan.schema,
    models: ids.map((id) => {
      const own = plan.records.filter(({ model }) => model === id);
      const count = (what: string) => own.filter((each) => each.do === what).length;
      return {
        apiKey: apiKeyOf(id),
        create: count("create"),
        change: count("change"),
        delete: count("delete"),
        unchanged: plan.unchanged.get(id) ?? 0,
        records: own.map(({ hash: _hash, model: _model, ...record }) => record),
      };
    }),
    uploads: {
      create: plan.uploads.create.length,
      change: plan.uploads.change.length,
      delete: plan.uploads.delete.length,
    },
    calls: plan.calls,
    ...(events && { events }),
    warnings: plan.warnings,
  };
}

const SIGNS = { create: "+", change: "~", delete: "-" } as const;

/** A plan for people: what is created, changed and deleted. */
export function planLines({ plan, models, events }: Preview, width: number): string[] {
  const { schema, records, uploads, warnings } = plan;
  const entities = (["create", "change", "delete"] as const).flatMap((what) =>
    schema[what].map(({ kind, name }) => `${SIGNS[what]} ${kind.replaceAll("_", " ")} ${name}`),
  );
  const lines = records.flatMap(({ do: what, title, id, model, fields = [], changes = [], because }) => {
    const isShown = changes.length > 0 || fields.length === 0;
    const how = because ? " (its links)" : isShown ? "" : ` (${fields.join(", ")})`;
    const line = `${SIGNS[what]} ${models.get(model) ?? model} “${title}” ${id}${how}`;
    return [line, ...changeLines(changes, "    ")];
  });
  const files = (["create", "change", "delete"] as const)
    .filter((what) => uploads[what].length > 0)
    .map((what) => `${SIGNS[what]} ${counted(uploads[what].length, "upload")}`);
  return [
    ...shortened([...entities, ...lines]),
    ...files,
    ...warnings.map((warning) => wrap(warningText(warning), width, "! ")),
    ...(events === undefined || events.total === 0 ? [] : [wrap(eventsText(events), width, "! ")]),
  ];
}

function eventsText({ total, webhooks }: NonNullable<Preview["events"]>): string {
  const names = webhooks.map(({ name, events }) => `${name} ${events}`).join(", ");
  return `Webhooks hear of it: up to ${counted(total, "event")} (${names}).`;
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_SHOWN;
  return more <= 1 ? [...lines] : [...lines.slice(0, MOST_SHOWN), `  and ${more} more: --json lists all`];
}

function warningText({ sentence, id, ids = [] }: Warning): string {
  const names = id === undefined ? ids.slice(0, 5) : [id];
  return names.length === 0 ? sentence : `${names.join(", ")}: ${sentence}`;
}

/** What was not restored, for people. */
export function refusedLines(refused: readonly Refused[], width: number): string[] {
  return shortened(refused.map(({ what, id, sentence }) => wrap(`${what} ${id}: ${sentence}`, width, "✘ ")));
}

import fc from "fast-check";
import { isEmptyPlan, type Mode, type RestoreRequest, type Scope } from "../../services/restoreService.ts";
import { TOKEN } from "../emulator/support.ts";
import { type AnyEdit, anyEdit } from "./anyEdits.ts";
import { differencesOf } from "./differences.ts";
import { type EnvironmentState, requestsOf } from "./judge.ts";
import { brokenPromises } from "./promises.ts";
import type { Restores } from "./service.ts";
import type { Site } from "./support.ts";

/** What happens to a project, with what is known of it beside the service. */
export interface Story {
  readonly site: Site;
  readonly restores: Restores;
  /** What was in the environment when it was archived, by archive. */
  readonly archives: Map<string, EnvironmentState>;
  readonly environments: string[];
  /** Restores that ended, and what their targets were before. */
  readonly runs: {
    readonly id: string;
    readonly into: string;
    readonly before: EnvironmentState;
    after: EnvironmentState;
  }[];
  /** What happened, for counting. */
  readonly outcomes: string[];
}

/** One thing that happens. */
export interface Act {
  /** @throws where a promise is broken */
  play(story: Story): Promise<void>;
  /** As fast-check prints it. */
  [fc.toStringMethod](): string;
}

/** @param most acts at most */
export function someActs(most: number): fc.Arbitrary<Act[]> {
  return fc.array(anyAct, { minLength: 2, maxLength: most });
}

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.nat(2), anyEdit).map(edited) },
  { weight: 2, arbitrary: fc.nat(2).map(archived) },
  { weight: 1, arbitrary: fc.constant(act("fork main", forked)) },
  { weight: 5, arbitrary: wanted().map((each) => act(wantedText(each), (story) => restored(story, each))) },
  { weight: 2, arbitrary: fc.nat(3).map((nth) => act(`undo ${nth}`, (story) => undone(story, nth))) },
);

function act(name: string, play: Act["play"]): Act {
  return { play, [fc.toStringMethod]: () => name };
}

function nthOf<Thing>(things: readonly Thing[], nth: number): Thing | undefined {
  return things[nth % Math.max(1, things.length)];
}

function edited([nth, edit]: [number, AnyEdit]): Act {
  return act(`in environment ${nth}: ${edit[fc.toStringMethod]()}`, async ({ site, environments }) => {
    await edit.inflict(site.editor(nthOf(environments, nth)));
  });
}

function archived(nth: number): Act {
  return act(`archive environment ${nth}`, async ({ site, restores, environments, archives }) => {
    const environment = nthOf(environments, nth) ?? "main";
    await site.clock.sleep(1_000);
    archives.set(await restores.archive(environment), site.state(environment));
  });
}

async function forked({ site, environments }: Story): Promise<void> {
  const id = `sandbox-${environments.length}`;
  if (environments.length > 2) return;
  site.project.user.fork(null, id, { ready: true });
  environments.push(id);
}

interface Wanted {
  readonly source: number;
  readonly into: number;
  readonly mode: Mode;
  readonly scope:
    | "everything"
    | "record"
    | "model"
    | "upload"
    | "schema"
    | "menus"
    | "filters"
    | "workflows"
    | "settings";
  readonly nth: number;
  readonly relinks: boolean;
  /** Whether the plan that was looked at is named. */
  readonly isPlanned: boolean;
}

function wanted(): fc.Arbitrary<Wanted> {
  return fc.record({
    source: fc.nat(4),
    into: fc.nat(2),
    mode: fc.constantFrom("add", "overwrite", "mirror"),
    scope: fc.oneof(
      { weight: 5, arbitrary: fc.constant("everything" as const) },
      { weight: 3, arbitrary: fc.constantFrom("record" as const, "model" as const) },
      {
        weight: 2,
        arbitrary: fc.constantFrom("upload", "schema", "menus", "filters", "workflows", "settings"),
      },
    ),
    nth: fc.nat(),
    relinks: fc.boolean(),
    isPlanned: fc.boolean(),
  });
}

function wantedText({ source, into, mode, scope, nth, relinks, isPlanned }: Wanted): string {
  const flags = `${relinks ? ", relink" : ""}${isPlanned ? ", as seen" : ""}`;
  return `restore ${scope} ${nth} of source ${source} into environment ${into}: ${mode}${flags}`;
}

/** Refusals of a whole restore, of which nothing may come. */
const REFUSALS = [
  "PRIMARY_MIRROR",
  "PRIMARY_NEEDS_SCOPE",
  "PRIMARY_NEEDS_PLAN",
  "RECORD_NOT_FOUND",
  "UPLOAD_NOT_FOUND",
  "MODEL_NOT_FOUND",
  "MODEL_MISSING",
  "SOURCE_INCOMPLETE",
];

async function restored(story: Story, want: Wanted): Promise<void> {
  const { site, restores, archives, environments, runs, outcomes } = story;
  const sources = [...archives.keys(), ...environments];
  const from = nthOf(sources, want.source) ?? "main";
  const into = nthOf(environments, want.into) ?? "main";
  if (from === into) return;
  const [source, before] = [archives.get(from) ?? site.state(from), site.state(into)];
  const only = scopesOf(want, source, before);
  if (only === undefined) return;
  const request: RestoreRequest = restores.request({
    source: archives.has(from) ? { kind: "archive", name: from } : { kind: "environment", id: from },
    into: { kind: "existing", id: into },
    wishes: { mode: want.mode, only, relinks: want.relinks && want.scope === "record" },
  });
  const writes = () => requestsOf(site.emulator, TOKEN, into).length;
  const sent = writes();
  const preview = await restores.service.preview(request);
  expectNone("a preview writes", writes() === sent ? [] : ["something"]);
  const planHash = want.isPlanned && preview.ok ? preview.value.plan.hash : undefined;
  const applied = await restores.service.apply({ ...request, planHash, withoutSafety: true });
  const after = site.state(into);
  const { wishes } = request;
  if (!applied.ok) {
    outcomes.push(applied.failure.cause);
    if (!REFUSALS.includes(applied.failure.cause)) throw new Error(applied.failure.sentence);
    expectNone(
      "nothing is changed",
      differencesOf(before, after).map(({ path }) => path),
    );
    return;
  }
  const { refused, id } = applied.value;
  outcomes.push(refused.length > 0 ? "in part" : "whole");
  for (const { what, code } of refused) outcomes.push(`${what} ${code}`);
  expectNone("kept", brokenPromises({ wishes, source, before, after, refused }));
  runs.push({ id, into, before, after });
  if (refused.length > 0) return;
  const again = await restores.service.preview(request);
  if (!again.ok) throw new Error(again.failure.sentence);
  const { plan } = again.value;
  const left = [
    ...plan.records.map((each) => `${each.do} ${each.id}`),
    ...plan.schema.change.map(({ name }) => name),
  ];
  expectNone("done: nothing is left to do", isEmptyPlan(plan) ? [] : left);
}

/** Undefined where there is nothing of the kind. */
function scopesOf(
  { scope, nth }: Wanted,
  source: EnvironmentState,
  before: EnvironmentState,
): Scope[] | undefined {
  switch (scope) {
    case "everything":
      return [];
    case "record": {
      const ids = Object.keys(source.records);
      const differing = ids.filter(
        (id) => JSON.stringify(source.records[id]) !== JSON.stringify(before.records[id]),
      );
      const id = nthOf(differing.length > 0 ? differing : ids, nth);
      return id === undefined ? undefined : [{ kind: "record", id }];
    }
    case "upload": {
      const id = nthOf(Object.keys(source.uploads), nth);
      return id === undefined ? undefined : [{ kind: "upload", id }];
    }
    case "model": {
      const models = Object.values(source.models).filter(({ modular_block }) => modular_block !== true);
      return [{ kind: "model", apiKey: String(nthOf(models, nth)?.api_key) }];
    }
    default:
      return [{ kind: scope }];
  }
}

async function undone({ site, restores, runs, outcomes }: Story, nth: number): Promise<void> {
  const run = nthOf(runs, nth);
  if (run === undefined) return;
  const now = site.state(run.into);
  const isAsLeft = differencesOf(run.after, now).length === 0;
  const result = await restores.service.undo(run.id, 1_000);
  if (!result.ok) {
    outcomes.push(`undo ${result.failure.cause}`);
    expectNone("undone", result.failure.cause === "UNDONE_ALREADY" ? [] : [result.failure.sentence]);
    return;
  }
  const { refused, irreversible } = result.value;
  outcomes.push(refused.length > 0 ? "undone in part" : "undone");
  if (!isAsLeft) return;
  const told = new Set([...refused, ...irreversible].map(({ id }) => id));
  const left = differencesOf(run.before, site.state(run.into)).filter(
    ({ path }) => !told.has(path.split("/")[1] ?? ""),
  );
  expectNone(
    "undone",
    left.map((each) => `${each.path} (${each.of}): ${each.before} → ${each.after}`),
  );
}

function expectNone(promise: string, broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(`Not ${promise}:\n${broken.slice(0, 12).join("\n")}`);
}

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { posix } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// vitest groups the errors that it prints with this, which Node 20 does not have yet.
if (!("groupBy" in Map)) Object.defineProperty(Map, "groupBy", { value: groupBy });

/** What one of several runs of `histories.test.ts` plays. */
interface Shard {
  /** Which one, from 0. */
  readonly shard: number;
  readonly of: number;
  /** What all of them play together. */
  readonly histories: number;
}

declare module "vitest" {
  interface ProvidedContext {
    histories: Shard;
  }
}

const HISTORIES = "tests/simulation/histories.test.ts";

/** Left to the full suite: what runs real servers and real hosts, kills, waits in real time, or takes very long. */
const SLOW = [
  "tests/page/runs/{csv,list}.test.ts",
  "tests/archive/{killed,quarantine,retentionRaces,tarTools}.test.ts",
  "tests/cli/{package,process,restoreFind}.test.ts",
  "tests/page/{promise,hosts,browser/**/*}.test.ts",
  "tests/platforms/**/*.test.ts",
  "tests/contract/{cloudflare,netlify,netlifyHandler,nodeServer,vercel,vercelDev}.test.ts",
  "tests/docs/{archives,commands,costs,demo,examples,image,openapiScript,readme,restoreCommands,settingsScript,start}.test.ts",
  "tests/emulator/{content/clientIds,http}.test.ts",
  "tests/notify/{command,transport}.test.ts",
  "tests/restore/{alone,anyEdits,begun,cut,damages,draft{less,sStay},editorsAtWork,forgotten,gates,primary,sources,spared,schema*,search,uploadFaults,uploadStorage,uploadUndo,uploads,undo*,whole}.test.ts",
  "tests/restore/resumed.test.ts",
  "tests/stores/{bucket,killedWrite,largeObjects}.test.ts",
  "tests/simulation/{answers,anyProject,archiveRoutes,connections,deedsRaces,history,killedServer,lastBackups,metrics}.test.ts",
  "tests/simulation/{redirects,restore,rivals,scheduleRoutes,serverMemory}.test.ts",
  "tests/simulation/{serverStart,simultaneous,smallPlans,stoppedRuns,stoppedServer,uploadRoute,wrongTime}.test.ts",
  "tests/unit/{checkButtons,dueByTheRules,localDatesByTheRules,planRules,ticks,ticksByLocalDates,timeliness}.test.ts",
  "tests/restore/{pairs,portions,promoted,stories}.test.ts",
];

const TESTS = testFilesIn("tests");

/**
 * Files that leave a process as they found it, so that one process runs them all and loads the service once. What the
 * contract gathers of a host is the process's own.
 */
const PURE = TESTS.filter((path) => !path.startsWith("tests/contract/") && isPure(path));

/** Those of them that share a process in the full suite: the others run hosts and browsers, or hold very much. */
const SHARING = PURE.filter((path) => /^tests\/(?:archive|emulator|restore|simulation|unit)\//.test(path));

/** What computes longest: begun last, it would be waited for alone. */
const COMPUTING = [
  HISTORIES,
  ...["netlifyHandler", "vercelDev", "nodeServer", "netlify", "cloudflare", "vercel"].map(
    (host) => `tests/contract/${host}.test.ts`,
  ),
  "tests/archive/killed.test.ts",
  "tests/simulation/killedServer.test.ts",
  "tests/cli/package.test.ts",
  "tests/platforms/netlifyCron.test.ts",
  "tests/platforms/vercelCron.test.ts",
];

/** What waits longest, for browsers, processes and clocks: the processor has time for others meanwhile. */
const WAITING = [
  "tests/contract/inProcess.test.ts",
  "tests/page/browser/pictures.test.ts",
  "tests/page/browser/signIn.test.ts",
  "tests/docs/restoreCommands.test.ts",
  "tests/page/browser/runs.test.ts",
  "tests/platforms/cloudflare.test.ts",
  "tests/docs/archives.test.ts",
  "tests/docs/demo.test.ts",
  "tests/simulation/archiveRoutes.test.ts",
  "tests/cli/process.test.ts",
  "tests/simulation/answers.test.ts",
  "tests/simulation/stoppedServer.test.ts",
  "tests/platforms/rehearsal.test.ts",
];

/** In the order in which they begin. */
const FIRST = [
  ...COMPUTING.flatMap((path, index) => [path, ...WAITING.slice(index, index + 1)]),
  ...WAITING.slice(COMPUTING.length),
];

const SAMPLE: Shard = { shard: 0, of: 1, histories: 200 };

/** The projects of `npm run test:all`; `npm test` runs those whose names begin with `fast`. */
const projects: TestProjectInlineConfiguration[] = [
  ...[0, 1].map((shard) =>
    project(`histories-${shard + 1}`, {
      include: [HISTORIES],
      provide: { histories: { shard, of: 2, histories: 10_000 } },
    }),
  ),
  project("full", { include: SLOW, exclude: SHARING }),
  project("full-pure", {
    include: SLOW,
    exclude: TESTS.filter((path) => !SHARING.includes(path)),
    isolate: false,
  }),
  project("fast", {
    include: ["tests/**/*.test.ts"],
    exclude: [...SLOW, ...PURE],
    provide: { histories: SAMPLE },
  }),
  project("fast-pure", { include: PURE, exclude: SLOW, isolate: false }),
];

/**
 * The longest files first, what computes and what waits in turns; then the others as vitest would have them. Files
 * that share processes come one after the other, as a file of another kind ends such a process.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId, project }: TestSpecification): number {
  const place = FIRST.findIndex((path) => moduleId.endsWith(path));
  if (place >= 0) return place;
  return project.config.isolate ? FIRST.length : FIRST.length + 1;
}

/** As many as there are processors: with more, each test takes more of their time, for they share the caches. */
const maxWorkers = availableParallelism();

export default defineConfig({
  test: {
    maxWorkers,
    projects,
    globalSetup: "tests/support/runFolder.ts",
    sequence: { sequencer: LongestFirst },
  },
});

function testFilesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((name) => name.endsWith(".test.ts")).map((name) => posix.join(folder, name));
}

/** Neither replaces modules nor has hooks of a module that it imports: both would be those of another file. */
function isPure(path: string): boolean {
  return !/\bvi\.(?:mock|doMock|stub\w+)\(|\/listening\.ts"/.test(readFileSync(path, "utf8"));
}

function project(
  name: string,
  options: NonNullable<TestProjectInlineConfiguration["test"]>,
): TestProjectInlineConfiguration {
  return { test: { name, environment: "node", testTimeout: 60_000, hookTimeout: 60_000, ...options } };
}

function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

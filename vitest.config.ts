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
  "tests/simulation/{redirects,restore,scheduleRoutes,serverMemory}.test.ts",
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

/** What takes longest within its project: begun last, it would be waited for alone. */
const LONGEST = [
  HISTORIES,
  ...["netlifyHandler", "vercelDev", "nodeServer", "netlify", "cloudflare", "vercel", "inProcess"].map(
    (host) => `tests/contract/${host}.test.ts`,
  ),
  "tests/restore/whole.test.ts",
  "tests/restore/cut.test.ts",
  "tests/simulation/killedServer.test.ts",
  "tests/simulation/smallPlans.test.ts",
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

/** The longest files first, the others as vitest would have them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return place < 0 ? LONGEST.length : place;
    };
    return usual.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

/** Two at least: half of what tests do is waiting, and a machine of two cores would get one. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

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

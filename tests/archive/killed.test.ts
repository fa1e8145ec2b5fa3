import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildClient } from "@datocms/cma-client-node";
import { expect, test, vi } from "vitest";
import { main } from "../../cli/program.ts";
import { type Random, randomOf } from "../../emulator/content/seeds/random.ts";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";
import { listArchives } from "../../services/archive/archives.ts";
import { verifyArchive } from "../../services/archive/verify/verify.ts";
import { listAll } from "../../services/stores/listAll.ts";
import type { Store } from "../../services/stores/store.ts";
import { systemClock } from "../../utils/clock.ts";
import { value } from "../stores/conformance.ts";
import { packedEntry } from "../support/packedEntry.ts";
import { seedFrom } from "../support/seed.ts";
import { type Lane, openLane, TOKEN } from "./killedSupport.ts";

/** Fifty take a minute on an idle machine. */
const KILLS = Number(process.env.ARCHIVE_KILLS ?? 15);
const SEED = seedFrom("ARCHIVE_KILL_SEED");
/** They wait for the rate limit side by side. */
const LANES = ["disk", "disk", "disk", "disk", "bucket"] as const;
/** How long an archive takes from its first call, about, ms. */
const WHOLE_MS = 2_200;
/** How many objects the first archive of a store writes, about, and how many a later one. */
const WRITES = { first: 40, later: 6 };
/** Everything that may lie in a store: half an object is never listed. */
const KEY = /^(dato-archive\.json$|(archives|objects|assets|jobs|runs|writing)\/)/;
const LINE = ["archive", "create", "--fast", "--json"];

/** When the process is killed: so long after its first call, or while it writes an object. */
type Moment = { readonly afterMs: number } | { readonly atWrite: number };

function momentFrom(random: Random, isFirst: boolean): Moment {
  const most = isFirst ? WRITES.first : WRITES.later;
  return random.below(2) === 0 ? { afterMs: random.below(WHOLE_MS) } : { atWrite: 1 + random.below(most) };
}

/** @returns whether the process was killed; false: it had ended before */
async function createAndKill(lane: Lane, moment: Moment): Promise<boolean> {
  lane.emulator.clearRequests();
  let writes = 0;
  const child = spawn(process.execPath, ["--", RUNNER, await packedEntry("cli"), ...LINE], {
    env: { ...bareVariables(), ...lane.variables },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  const watching = lane.onWrite(() => {
    writes += 1;
    if ("atWrite" in moment && writes === moment.atWrite) child.kill("SIGKILL");
  });
  if ("afterMs" in moment) {
    const called = vi.waitUntil(() => lane.emulator.requests.length > 0, { timeout: 60_000, interval: 5 });
    await Promise.race([called, ended]);
    await Promise.race([systemClock.sleep(moment.afterMs), ended]);
    child.kill("SIGKILL");
  }
  await ended;
  watching.stop();
  return child.signalCode === "SIGKILL";
}

/** The same command, in this process. */
async function create({ variables }: Lane): Promise<{ exit: number; out: string }> {
  let out = "";
  const quiet = { write: () => {}, isTerminal: false, columns: undefined, hasColors: false };
  const exit = await main(LINE, {
    environment: variables,
    settingsFile: "/nowhere/.env",
    out: {
      ...quiet,
      write(text: string) {
        out += text;
      },
    },
    outBytes: async () => {},
    err: quiet,
    clock: systemClock,
    fetch,
    interruption: () => new AbortController().signal,
  });
  return { exit, out };
}

/** How many archives the store has; the test fails where one of them is not whole. */
async function wholeArchives(store: Store): Promise<number> {
  const archives = value(await listArchives(store));
  for (const archive of archives) {
    const { problems } = value(await verifyArchive(store, archive, "deep"));
    expect(problems).toEqual([]);
    expect(archive.manifest).toMatchObject({ kind: "read", manifest: { partial: false } });
  }
  const keys = value(await listAll(store, "")).map(({ key }) => key);
  expect(keys.filter((key) => !KEY.test(key))).toEqual([]);
  return archives.length;
}

/** Somebody edits a record, so that the next archive has something to write. */
async function edit({ emulator }: Lane, random: Random): Promise<void> {
  const client = buildClient({ apiToken: TOKEN, fetchFn: emulator.fetch, autoRetry: false });
  const records = await client.items.list({ filter: { type: "note" }, page: { limit: 30 } });
  await client.items.update(records[random.below(records.length)]?.id ?? "", { notes: random.words(3) });
}

/**
 * @param archives how many the store has, all of them whole
 * @returns how many it has in the end, and whether the process was killed
 */
async function killOnce(lane: Lane, random: Random, archives: number) {
  if (archives === 0)
    value(await lane.store.delete(value(await listAll(lane.store, "")).map(({ key }) => key)));
  else await edit(lane, random);
  const wasKilled = await createAndKill(lane, momentFrom(random, archives === 0));
  const after = await wholeArchives(lane.store);
  expect(after - archives).toBeGreaterThanOrEqual(0);
  expect(after - archives).toBeLessThanOrEqual(1);
  expect(await create(lane)).toMatchObject({ exit: 0, out: expect.stringMatching(/"ok": ?true/) });
  expect(await wholeArchives(lane.store)).toBe(after + 1);
  return { wasKilled, archives: after + 1 };
}

test(`archive create that is killed leaves no archive or a whole one, and then makes one (ARCHIVE_KILL_SEED=${SEED})`, async () => {
  let [begun, killed] = [0, 0];
  await Promise.all(
    LANES.map(async (kind, number) => {
      const lane = await openLane(kind, number + 1);
      const random = randomOf(SEED + number);
      let archives = 0;
      for (let round = 0; begun < KILLS; round += 1) {
        begun += 1;
        // Every third round begins with an empty store; the others take over what has not changed.
        const ended = await killOnce(lane, random, round % 3 === 0 ? 0 : archives);
        archives = ended.archives;
        if (ended.wasKilled) killed += 1;
      }
    }),
  );
  expect(killed).toBeGreaterThan(begun / 2);
}, 300_000);

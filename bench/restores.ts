import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { virtualClock } from "../emulator/clocks.ts";
import type { Content } from "../emulator/content/content.ts";
import { referrersOf } from "../emulator/content/records/indexes.ts";
import { generatedContent } from "../emulator/content/seeds/generated.ts";
import { randomOf } from "../emulator/content/seeds/random.ts";
import { createEmulator } from "../emulator/emulator.ts";
import { createArchiveService } from "../services/archiveService.ts";
import { projectFrom } from "../services/backupService.ts";
import { createRestoreService, type RestoreRequest } from "../services/restoreService.ts";
import { valueIn } from "./archiveWorld.ts";
import type { Table } from "./table.ts";
import { LATENCY_MS, TOKEN } from "./world.ts";

const RECORDS = 10_000;
const EDITED = RECORDS / 100;
/** With --fast. */
const RATE = 16;
const MOST = { previewCalls: 130, previewSeconds: 10, applyCalls: 30, wholeCalls: 500 } as const;
const API = "https://site-api.datocms.com";

/** What it costs to get one record back, and everything. */
export async function measureRestores(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), "bench-restores-"));
  try {
    return { ...ABOUT, rows: await rowsIn(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ABOUT = {
  name: "restores",
  title: `Restores in a project of ${RECORDS.toLocaleString("en")} records, half with blocks, at ${LATENCY_MS} ms latency and 60 calls in 3 s`,
  columns: { what: "Restore", calls: "DatoCMS calls", time: "Time" },
  notes: [
    "Virtual time: the time that the code itself takes is left out. 16 calls a second (--fast).",
    "One record: it was deleted, with two of its uploads; others that linked to it get their links back.",
    `Everything: into a new fork, after ${EDITED} records were edited.`,
  ],
};

async function rowsIn(folder: string): Promise<Table["rows"]> {
  const clock = virtualClock();
  const emulator = createEmulator({ clock });
  const project = emulator.addProject({
    token: TOKEN,
    latencyMs: LATENCY_MS,
    content: generatedContent({ records: RECORDS }),
  });
  const { rateLimit } = project.settings;
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, BACKUP_STORE: `file://${folder}/store` };
  const host = { variables, directory: folder, fetch: emulator.fetch, clock };
  const ours = valueIn(projectFrom(variables));
  const restores = createRestoreService(ours, host);

  const freely = async (work: () => Promise<unknown>) => {
    project.settings.rateLimit = null;
    await clock.run(work);
    project.settings.rateLimit = rateLimit;
    await clock.advance(60_000);
  };
  const send = async (method: string, path: string, body?: object) => {
    const answer = await emulator.fetch(`${API}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const timed = async (
    what: string,
    most: { calls?: number; seconds?: number },
    work: () => Promise<unknown>,
  ) => {
    await clock.advance(3_000);
    const [before, from] = [emulator.requests.length, clock.monotonic()];
    await clock.run(work);
    const seconds = (clock.monotonic() - from) / 1_000;
    return {
      what,
      calls: { value: emulator.requests.length - before, atMost: most.calls },
      time: { value: seconds, unit: "s", digits: 1, atMost: most.seconds },
    };
  };

  await freely(async () => {
    const archives = valueIn(await createArchiveService(ours, host));
    valueIn(
      await archives.create({
        from: "main",
        withAssets: true,
        isFull: false,
        callsPerSecond: 1_000,
        onProgress: () => {},
      }),
    );
  });
  const content = project.inside("main")?.content;
  if (content === undefined) throw new Error("The project has no content.");
  const { id, uploads } = victimIn(content);
  await freely(async () => {
    await send("DELETE", `/items/${id}`);
    for (const upload of uploads) await send("DELETE", `/uploads/${upload}`).catch(() => {});
  });
  const one = requestFor({
    into: { kind: "existing", id: "main" },
    wishes: { only: [{ kind: "record", id }], relinks: true },
  });
  const rows = [
    await timed("one record: preview", { calls: MOST.previewCalls, seconds: MOST.previewSeconds }, async () =>
      valueIn(await restores.preview(one)),
    ),
    await timed("one record: apply", { calls: MOST.applyCalls }, async () =>
      wholly(valueIn(await restores.apply(one))),
    ),
  ];
  await freely(() => edit(content, send));
  const all = requestFor({ into: { kind: "new", id: "back" }, wishes: { mode: "mirror" } });
  rows.push(
    await timed("everything: preview", {}, async () => valueIn(await restores.preview(all))),
    await timed("everything: apply", { calls: MOST.wholeCalls }, async () =>
      wholly(valueIn(await restores.apply(all))),
    ),
  );
  return rows;
}

function requestFor({
  into,
  wishes,
}: {
  readonly into: RestoreRequest["into"];
  readonly wishes: Partial<RestoreRequest["wishes"]>;
}): RestoreRequest {
  return {
    source: { kind: "archive", name: "latest" },
    into,
    wishes: { mode: "add", only: [], isDraft: false, relinks: false, withShell: false, ...wishes },
    callsPerSecond: RATE,
    onProgress: () => {},
  };
}

function wholly({ refused }: { readonly refused: readonly { readonly sentence: string }[] }): void {
  const [first] = refused;
  if (first !== undefined) throw new Error(`Not restored: ${first.sentence}`);
}

/** A published record that others link to, three where there is one, and two uploads of it where it has so many. */
function victimIn(content: Content): { id: string; uploads: string[] } {
  const linked = [...content.items.rows()]
    .filter(({ published }) => published !== null)
    .map((item) => ({ item, far: Math.abs(referrersOf(content, item.id).length - 3) }))
    .toSorted((one, other) => one.far - other.far);
  const item = linked[0]?.item;
  if (item === undefined) throw new Error("No record is published.");
  const uploads = [...JSON.stringify(item.current.values).matchAll(/"upload_id":"([^"]+)"/g)];
  return { id: item.id, uploads: uploads.slice(0, 2).flatMap(([, upload]) => upload ?? []) };
}

async function edit(content: Content, send: (method: string, path: string, body: object) => Promise<void>) {
  const random = randomOf(1);
  const ids = [...content.items.rows()].map(({ id }) => id);
  const edited = new Set<string>();
  while (edited.size < EDITED) edited.add(ids[random.below(ids.length)] ?? "");
  for (const id of edited)
    await send("PUT", `/items/${id}`, {
      data: { type: "item", id, attributes: { notes: `Edited: ${random.words(20)}` } },
    });
}

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { Content } from "../emulator/content/content.ts";
import { generatedContent } from "../emulator/content/seeds/generated.ts";
import { createEmulator } from "../emulator/emulator.ts";
import { RUNNER } from "../scripts/runner.ts";
import type { Table } from "./table.ts";
import { TOKEN } from "./world.ts";

const RECORDS = 100_000;
/** Where each of them is written: at 100,000 that alone would take most of an hour. */
const EDITED = 10_000;
const MOST_MIB = 300;
const ARCHIVE = join(import.meta.dirname, "archiveProcess.ts");
const RESTORE = join(import.meta.dirname, "restoreProcess.ts");
const API = "https://site-api.datocms.com";

const Done = z.object({ ms: z.number(), records: z.int(), kibibytes: z.number() });

/**
 * How much memory a process needs that restores into a large project, or compares with it.
 *
 * @param edited records of the project of which all are edited
 */
export async function measureRestoreMemory(records = RECORDS, edited = EDITED): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    return {
      name: "restoreMemory",
      title: "Memory for restores in large projects, half of their records with blocks",
      columns: {
        what: "Restore",
        project: "Records",
        records: "Restored",
        time: "Time",
        memory: "Memory, peak",
      },
      rows: await rowsIn(folder, records, edited),
      notes: [
        "Real time, without a rate limit: each command is a process of its own, which asks DatoCMS (the emulator) as fast as it can and reads the archive from a disk.",
        "Memory: the most that the process had in its resident set since it began.",
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A project that restores are made in, by processes of their own. */
interface Place {
  readonly content: Content;
  /** Sends DatoCMS a request of an editor. */
  send(method: string, path: string, body?: object): Promise<void>;
  archive(): Promise<void>;
  /** @param words what `restoreProcess.ts` takes */
  row(what: string, ...words: string[]): Promise<Table["rows"][number]>;
}

async function rowsIn(folder: string, records: number, edited: number): Promise<Table["rows"]> {
  const some = await inProject(join(folder, "some"), records, rowsOfSome);
  const all = await inProject(join(folder, "all"), edited, rowsOfAll);
  return [...some, ...all];
}

async function rowsOfSome({ content, send, archive, row }: Place): Promise<Table["rows"]> {
  await archive();
  const ids = [...content.items.rows()].map(({ id }) => id);
  const [victim = ""] = ids;
  await send("DELETE", `/items/${victim}`);
  const scope = `record=${victim}`;
  const rows = [
    await row("one record: preview", "preview", "main", "add", scope),
    await row("one record: apply", "apply", "main", "add", scope),
  ];
  for (const id of ids.filter((_, place) => place % 100 === 99))
    await send("PUT", `/items/${id}`, { data: { type: "item", id, attributes: { notes: `Edited ${id}` } } });
  return [
    ...rows,
    await row("1 % edited: diff", "diff"),
    await row("1 % edited: preview of everything", "preview", "new:back", "mirror"),
    await row("1 % edited: apply of everything", "apply", "new:back", "mirror"),
  ];
}

async function rowsOfAll({ content, archive, row }: Place): Promise<Table["rows"]> {
  await archive();
  for (const item of [...content.items.rows()]) {
    const { id, updatedAt, values } = item.current;
    const edited = { id: String(Number(id) + 1), updatedAt, values: { ...values, notes: "Edited" } };
    content.items.set({ ...item, current: edited });
  }
  return [await row("all edited: apply of everything", "apply", "new:back", "mirror")];
}

async function inProject(
  folder: string,
  records: number,
  rowsOf: (place: Place) => Promise<Table["rows"]>,
): Promise<Table["rows"]> {
  const emulator = createEmulator();
  const project = emulator.addProject({
    token: TOKEN,
    rateLimit: null,
    forkMs: 0,
    content: generatedContent({ records, uploads: 500 }),
  });
  const content = project.inside("main")?.content;
  if (content === undefined) throw new Error("The project has no content.");
  const [datocms, assets] = await Promise.all([emulator.listen(), emulator.listenAssets()]);
  const run = async (file: string, ...words: string[]) => {
    const line = ["--", RUNNER, file, datocms.url, assets.url, folder, ...words];
    return (await promisify(execFile)(process.execPath, line)).stdout;
  };
  const place: Place = {
    content,
    async send(method, path, body) {
      const answer = await emulator.fetch(`${API}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    },
    async archive() {
      await run(ARCHIVE);
    },
    async row(what, ...words) {
      const done = Done.parse(JSON.parse(await run(RESTORE, ...words)));
      return {
        what,
        project: { value: records },
        records: { value: done.records },
        time: { value: done.ms / 1_000, unit: "s", digits: 1 },
        memory: { value: done.kibibytes / 1_024, unit: "MiB", atMost: MOST_MIB },
      };
    },
  };
  try {
    return await rowsOf(place);
  } finally {
    await Promise.all([datocms.close(), assets.close()]);
  }
}

import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ArchiveService, createArchiveService, type Manifest } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/backupService.ts";
import type { Result } from "../../utils/failures.ts";
import type { Stage } from "./stage.ts";
import { moment, say, verdict } from "./text.ts";

/** Nobody else calls the simulated DatoCMS. */
const CALLS_PER_SECOND = 1_000;

/** Archives the project's content into a file that stays, and shows how it is read. */
export async function showArchive(stage: Stage): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "datocms-backups-"));
  const archives = await open(stage, directory);
  const { counts } = await create(archives);
  const { body } = orThrow(await archives.download("latest"));
  const file = join(directory, "archive.tar");
  await pipeline(body, createWriteStream(file));
  const content = `${counts.records} records, ${counts.uploads} uploads and their files`;
  say(`${moment(stage.clock.now())}  ${verdict(`✔ archived ${content}`, true)}`);
  say("To read it, you need nothing of this service, and no DatoCMS:");
  say(`tar xOf ${file} README.txt`);
}

async function open({ content, clock }: Stage, directory: string): Promise<ArchiveService> {
  const variables = { ...content, BACKUP_STORE: "file:./store" };
  return orThrow(
    await createArchiveService(orThrow(projectFrom(variables)), { variables, directory, fetch, clock }),
  );
}

async function create(archives: ArchiveService): Promise<Manifest> {
  const request = { from: undefined, withAssets: true, isFull: false };
  return orThrow(
    await archives.create({ ...request, callsPerSecond: CALLS_PER_SECOND, onProgress: () => {} }),
  );
}

/** @throws Error: on a stage of its own nothing is in the way */
function orThrow<T>(result: Result<T, { readonly sentence: string }>): T {
  if (result.ok) return result.value;
  throw new Error(result.failure.sentence);
}

import { readdir, rm } from "node:fs/promises";
import { onTestFinished } from "vitest";
import { type ArchiveService, createArchiveService } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/project.ts";
import {
  createRestoreService,
  type RestoreHost,
  type RestoreRequest,
  type RestoreService,
  type Wishes,
} from "../../services/restoreService.ts";
import type { Result } from "../../utils/failures.ts";
import { TOKEN, type World } from "../emulator/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { firstArchive } from "./firstArchive.ts";

export function valueFrom<T>(result: Result<T, { readonly sentence: string }>): T {
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}

/** What people call to restore, on a store of its own. */
export interface Restores {
  readonly service: RestoreService;
  /** Archives an environment; answers the archive's id. */
  archive(environment: string): Promise<string>;
  /** A request that leaves open nothing but what is given. */
  request(changes: Partial<Omit<RestoreRequest, "wishes">> & { wishes?: Partial<Wishes> }): RestoreRequest;
  readonly folder: string;
  /** The archives of the same store. */
  archives(): Promise<ArchiveService>;
  /** The paths of all files in it. */
  files(): Promise<string[]>;
}

/**
 * @param given the folder of an earlier one, whose store and runs are gone on with
 * @param more what else the host lends
 */
export async function restoresOf(
  world: World,
  fetchFn: typeof fetch = world.emulator.fetch,
  given?: string,
  more: Partial<RestoreHost> = {},
): Promise<Restores> {
  const folder = given ?? (await scratchFolder("restores-"));
  if (given === undefined) onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, BACKUP_STORE: `file://${folder}/store` };
  const { clock } = world;
  const host = { variables, directory: folder, fetch: fetchFn, clock, ...more };
  const project = valueFrom(projectFrom(variables));
  const isUsual = fetchFn === world.emulator.fetch && Object.keys(more).length === 0;
  const archived = async (from: string) => {
    const archives = valueFrom(await createArchiveService(project, host));
    const made = await archives.create({
      from,
      withAssets: true,
      isFull: false,
      callsPerSecond: 1_000,
      onProgress: () => {},
    });
    return valueFrom(made).id;
  };
  return {
    folder,
    files: async () => (await readdir(folder, { recursive: true })).sort(),
    service: createRestoreService(project, host),
    archives: async () => valueFrom(await createArchiveService(project, host)),
    archive: (environment) => {
      const make = () => archived(environment);
      return isUsual ? firstArchive(world, environment, folder, make) : make();
    },
    request: ({ wishes = {}, ...changes }) => ({
      source: { kind: "archive", name: "latest" },
      into: { kind: "existing", id: "sandbox" },
      callsPerSecond: 1_000,
      onProgress: () => {},
      ...changes,
      wishes: { mode: "mirror", only: [], isDraft: false, relinks: false, withShell: false, ...wishes },
    }),
  };
}

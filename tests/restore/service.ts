import { type ArchiveService, createArchiveService } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/project.ts";
import {
  createRestoreService,
  type RestoreHost,
  type RestoreRequest,
  type RestoreService,
  type Wishes,
} from "../../services/restoreService.ts";
import { TOKEN, type World } from "../emulator/support.ts";
import { firstArchive } from "./firstArchive.ts";
import { type Place, placeAt, placeInMemory, placeOnDisk } from "./place.ts";
import { valueFrom } from "./valueFrom.ts";

export { valueFrom } from "./valueFrom.ts";

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
 * Restores whose store and runs are kept in memory, unless an earlier one's are on the disk.
 *
 * @param given the folder of an earlier one, whose store and runs are gone on with
 * @param more what else the host lends
 */
export async function restoresOf(
  world: World,
  fetchFn: typeof fetch = world.emulator.fetch,
  given?: string,
  more: Partial<RestoreHost> = {},
): Promise<Restores> {
  const place = given === undefined ? placeInMemory(world.clock) : placeAt(given);
  return restoresIn(place, world, fetchFn, more);
}

/** Restores whose store and runs are files that a test looks at. */
export async function restoresOnDisk(world: World, more: Partial<RestoreHost> = {}): Promise<Restores> {
  return restoresIn(await placeOnDisk(), world, world.emulator.fetch, more);
}

function restoresIn(place: Place, world: World, fetchFn: typeof fetch, more: Partial<RestoreHost>): Restores {
  const { folder, openFolder } = place;
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, BACKUP_STORE: `file://${folder}/store` };
  const { clock } = world;
  const host = { variables, directory: folder, fetch: fetchFn, clock, openFolder, ...more };
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
    files: () => place.files(),
    service: createRestoreService(project, host),
    archives: async () => valueFrom(await createArchiveService(project, host)),
    archive: (environment) => {
      const make = () => archived(environment);
      return isUsual ? firstArchive(world, environment, place, make) : make();
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

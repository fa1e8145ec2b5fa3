import { processHolders } from "../node/processHolder.ts";
import {
  type ArchiveFailure,
  type ArchiveService,
  createArchiveService,
} from "../services/archiveService.ts";
import { projectFrom } from "../services/backupService.ts";
import type { Cli } from "./command.ts";
import { orRefuse } from "./project.ts";

/**
 * The archives of the one project of the settings.
 *
 * @param signal ends what is under way
 * @throws CommandError 2 where the settings are wrong or name no store, 1 where the store cannot be used
 */
export async function archivesFor(cli: Cli, signal?: AbortSignal): Promise<ArchiveService> {
  const { variables } = cli.settings();
  const project = orRefuse(projectFrom(variables));
  const { fetch, clock } = cli.io;
  const directory = process.cwd();
  const holders = processHolders();
  return orRefuse(
    await createArchiveService(project, { variables, directory, fetch, clock, signal, holders }),
  );
}

/** Shows how many bytes of how many are done, once for each percent. */
export function percentages({ progress }: Cli, what: string): (done: number, all: number) => void {
  let shown = -1;
  return (done, all) => {
    const percentage = Math.floor((done / Math.max(1, all)) * 100);
    if (percentage > shown) progress.show(what, percentage);
    shown = percentage;
  };
}

export { CONSISTENCY } from "../services/archiveService.ts";
export { bytesText } from "../utils/words.ts";
export type { ArchiveFailure };

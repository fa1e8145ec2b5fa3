import { ANSWER_MS } from "../handlers/deeds.ts";
import { commandStore } from "../node/offsite.ts";
import { type BackupService, createBackupService, projectFrom } from "../services/backupService.ts";
import type { Cli } from "./command.ts";
import { orRefuse, runtimeOf } from "./project.ts";

/**
 * Keeps or removes a backup of the one project of the settings. Where there is a store, what an open restore reads is
 * left alone, and the deed ends as a run of the history.
 *
 * @throws CommandError
 */
export async function doDeed<T>(cli: Cli, deed: (service: BackupService) => Promise<T>): Promise<T> {
  const project = orRefuse(projectFrom(cli.settings().variables));
  const runtime = runtimeOf(cli);
  const store = commandStore({ ...runtime, directory: process.cwd() });
  const deadline = runtime.clock.monotonic() + ANSWER_MS;
  const observer = store && { began() {}, ended() {}, did: store.did };
  const { othersWork } = store ?? {};
  const done = await deed(createBackupService({ ...runtime, deadline, observer, othersWork }, project));
  await store?.settled();
  return done;
}

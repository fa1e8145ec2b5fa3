import type { Clock } from "../utils/clock.ts";
import { mapped, type Result } from "../utils/failures.ts";
import { findArchive } from "./archive/archives.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { type PackedArchive, packArchive } from "./archive/tar/pack.ts";
import type { TarFile } from "./archive/tar/read.ts";
import { uploadArchive } from "./archive/tar/upload.ts";
import { verifyArchive } from "./archive/verify/verify.ts";
import { createBudget } from "./datocms/budget.ts";
import { createClient } from "./datocms/client.ts";
import { projectIdOf } from "./datocms/projectId.ts";
import type { Project } from "./project.ts";
import type { Store } from "./stores/store.ts";

/** What goes on is told in bytes. */
export type OnBytes = (done: number, all: number) => void;

/** DatoCMS tells whose the store is to be; it is given up after this long, ms. */
const IDENTIFY_MS = 15_000;
const IDENTIFY_CALLS = 5;

/** @param name an id, `latest`, or a date `YYYY-MM-DD` */
export async function downloadFrom(
  store: Store,
  name: string,
): Promise<Result<PackedArchive, ArchiveFailure>> {
  const found = await findArchive(store, name);
  return found.ok ? packArchive(store, found.value) : found;
}

/** @throws what reading the tar throws */
export async function uploadInto(
  store: Store,
  { token, source }: Project,
  { fetch, clock }: { readonly fetch: typeof globalThis.fetch; readonly clock: Clock },
  tar: TarFile,
  onProgress: OnBytes,
): Promise<Result<Manifest, ArchiveFailure>> {
  const deadline = clock.monotonic() + IDENTIFY_MS;
  const budget = createBudget(clock, { deadline, maxCalls: IDENTIFY_CALLS });
  const project = await projectIdOf(createClient({ token, baseUrl: source.baseUrl, fetch, budget }), budget);
  if (!project.ok) return project;
  return uploadArchive({ store, tar, project: project.value, clock, verify: problemsIn, onProgress });
}

/** What a deep look finds in the one archive of a store. */
async function problemsIn(store: Store): Promise<Result<readonly string[], ArchiveFailure>> {
  const found = await findArchive(store, "latest");
  if (!found.ok) return found;
  const verified = await verifyArchive(store, found.value, "deep");
  return mapped(verified, ({ problems }) => problems.map(({ sentence }) => sentence));
}

import * as z from "zod/mini";
import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { documentBytes, documentIn } from "./document.ts";
import { FORMAT_UNKNOWN, otherProject, type StoreFailure, storeUnavailable } from "./failures.ts";
import type { Store } from "./store.ts";

/** The object that says whose a store's root is, and in which format it is kept. */
export const ROOT_KEY = "dato-archive.json";
const FORMAT = "dato-archive";
const VERSION = 1;

const id = z.string().check(z.regex(/^[\w-]{1,64}$/));
const Root = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** Of this root alone. */
  store: id,
  /** DatoCMS's id of the project. */
  project: id,
  createdAt: z.iso.datetime(),
  naming: z.literal("plain"),
  encryption: z.null(),
});

export type Root = z.infer<typeof Root>;

/**
 * Makes sure that a store's root is this project's, and marks it where it is nobody's yet. Nothing else is read or
 * written before.
 *
 * @param project DatoCMS's id of the project
 * @param now ms since the epoch
 * @returns `STORE_OF_ANOTHER_PROJECT`, or `STORE_FORMAT_UNKNOWN`, or what the store refuses
 */
export async function claimRoot(
  store: Store,
  project: string,
  now: number,
): Promise<Result<Root, StoreFailure>> {
  const found = await readRoot(store);
  if (!found.ok) return found;
  if (found.value !== undefined) return ofProject(found.value, project);
  const root: Root = {
    format: FORMAT,
    version: VERSION,
    store: crypto.randomUUID(),
    project,
    createdAt: new Date(now).toISOString(),
    naming: "plain",
    encryption: null,
  };
  const bytes = documentBytes(root);
  const put = await store.put(ROOT_KEY, bytes, { ifAbsent: true });
  if (!put.ok) return put;
  if (put.value.kind === "written") return succeeded(root);
  // Somebody else was first: another run of this project, or another project.
  const theirs = await readRoot(store);
  if (!theirs.ok) return theirs;
  return theirs.value === undefined
    ? failed(storeUnavailable("a root that comes and goes"))
    : ofProject(theirs.value, project);
}

async function readRoot(store: Store): Promise<Result<Root | undefined, StoreFailure>> {
  const found = await store.get(ROOT_KEY);
  if (!found.ok || found.value === undefined) return found.ok ? succeeded(undefined) : found;
  const root = Root.safeParse(documentIn(found.value.bytes));
  return root.success ? succeeded(root.data) : failed(FORMAT_UNKNOWN);
}

function ofProject(root: Root, project: string): Result<Root, StoreFailure> {
  return root.project === project ? succeeded(root) : failed(otherProject(root.project));
}

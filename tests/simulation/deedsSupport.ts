import { expect } from "vitest";
import { complaintsAbout } from "../contract/described.ts";
import { type Answer, type CallOptions, openWorld, type World } from "./support.ts";

/** The admin's secret, as the tests set it: it alone opens what keeps and removes. */
export const ADMIN = "an admin secret of 32 characters";

/** A project whose deployment has an admin's secret. */
export function openAdminWorld(
  options: Parameters<typeof openWorld>[0] = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  return openWorld(options, { BACKUP_ADMIN_SECRET: ADMIN, ...variables });
}

/** Whoever bears the admin's secret. */
const AS_ADMIN = { "X-Datocms-Backups-Auth": ADMIN };

export function keep(world: World, id: string, name: unknown, options: CallOptions = {}): Promise<Answer> {
  return call(world, "POST", `/api/backups/${id}/keep`, { body: { name }, ...options });
}

/** @param confirm what is typed again; the same id where nothing is said */
export function remove(
  world: World,
  id: string,
  { confirm = id, ...options }: CallOptions & { readonly confirm?: unknown } = {},
): Promise<Answer> {
  return call(world, "DELETE", `/api/backups/${id}`, { body: { confirm }, ...options });
}

/** Calls, and holds the answer against the document. */
async function call(
  world: World,
  method: "POST" | "DELETE",
  path: string,
  options: CallOptions,
): Promise<Answer> {
  const answer = await world.call(method, path, { headers: AS_ADMIN, ...options });
  const { status, body } = answer;
  const headers = { "content-type": "application/json" };
  const text = JSON.stringify(body);
  expect(complaintsAbout({ host: "here", method, path, status, headers, body: text })).toEqual([]);
  return answer;
}

/** What was asked of DatoCMS beside reading. */
export function writes({ emulator }: World): string[] {
  return emulator.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as z from "zod";
import { emptyContent } from "../../emulator/content/seed.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import { type ServiceOptions, startService } from "../../node/service.ts";
import { systemClock } from "../../utils/clock.ts";
import { silentLogger } from "../../utils/logger.ts";
import { complaintsAbout } from "../contract/described.ts";
import { scratchFolder } from "../support/scratchFolder.ts";

/** A self-hosted server whose archives are asked for over HTTP; judged by the store's files. */

const TOKEN = "token-of-asked-archives";
export const HOLDER = "secret-of-asked-archives";
export const ADMIN = "admin-secret-of-asked-archives-32";
export const READER = "reading-secret-of-archives";
export const NOBODY = "no-secret-of-anybody-at-all";
export const Job = z.object({ job: z.object({ id: z.string() }) });

/** @param ends takes what is to be called at the end, in reverse order */
export async function openServer(
  ends: (() => Promise<unknown>)[],
  variables: Record<string, string | undefined> = {},
  options: Pick<ServiceOptions, "spool" | "limits"> = {},
) {
  let ahead = 0;
  const root = await scratchFolder("routes-");
  ends.push(() => rm(root, { recursive: true, force: true }));
  const emulator = createEmulator();
  emulator.addProject({ token: TOKEN, forkMs: 0, rateLimit: null, content: emptyContent });
  const service = await startService({
    port: 0,
    hostname: "127.0.0.1",
    cron: false,
    ...options,
    fetch: emulator.fetch,
    clock: { ...systemClock, now: () => systemClock.now() + ahead },
    logger: silentLogger,
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_BACKUPS_SHARED_SECRET: HOLDER,
      BACKUP_READ_SECRET: READER,
      BACKUP_ADMIN_SECRET: ADMIN,
      BACKUP_STORE: `file://${root}/store`,
      BACKUP_ARCHIVE: "off",
      BACKUP_VERIFY_SAMPLE: "off",
      ...variables,
    },
  });
  ends.push(() => service.close());
  const ask = (method: string, path: string, secret: string, body?: unknown) =>
    send(method, path, secret, body === undefined ? {} : { body: JSON.stringify(body) });
  const send = async (method: string, path: string, secret: string, init: RequestInit) => {
    const answer = await fetch(`http://127.0.0.1:${service.port}${path}`, {
      ...init,
      method,
      headers: { ...init.headers, authorization: `Bearer ${secret}` },
    });
    const text = await answer.text();
    const headers = Object.fromEntries(answer.headers);
    expect(
      complaintsAbout({
        host: "node",
        method,
        path: path.split("?")[0] ?? "",
        status: answer.status,
        headers,
        body: text,
      }),
    ).toEqual([]);
    const isJson = headers["content-type"] === "application/json";
    return { status: answer.status, headers, body: isJson ? JSON.parse(text) : text };
  };
  const call = (method: string, path: string, body?: unknown) => ask(method, path, ADMIN, body);
  const archives = () => readdir(join(root, "store/archives")).catch(() => []);
  const create = async (body?: unknown) => {
    const begun = await call("POST", "/api/archives", body);
    expect(begun).toMatchObject({ status: 202, body: { ok: true, job: { kind: "archive" } } });
    const { id } = Job.parse(begun.body).job;
    const state = async () => (await call("GET", `/api/jobs/${id}`)).body.job.state;
    await vi.waitFor(async () => expect(await state()).toBe("done"), { timeout: 20_000 });
    return id;
  };
  /** Lets time pass at once, and the cron of the hour come. */
  const pass = async (ms: number) => {
    ahead += ms;
    await service.tick("daily");
  };
  return { ask, send, call, create, archives, pass, root, port: service.port };
}

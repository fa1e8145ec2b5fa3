import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { HOLDER, Job, NOBODY, openServer, READER } from "./archiveServer.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
const open = (variables?: Record<string, string>) => openServer(ends, variables);

const ONE = "/api/archives/latest";
const DEEDS = [
  ["POST", "/api/archives"],
  ["POST", "/api/archives/prune"],
  ["DELETE", ONE],
  ["POST", `${ONE}/verify`],
  ["PUT", `${ONE}/pin`],
  ["DELETE", `${ONE}/pin`],
  ["GET", `${ONE}/download`],
] as const;

describe("archives over HTTP", () => {
  it("are made, listed, shown, verified, pinned, taken away and deleted", async () => {
    const { call, create, archives } = await open();
    await create();
    await create({ from: "main", full: true, assets: false });
    const [first = ""] = (await archives()).toSorted();
    const listed = await call("GET", "/api/archives?limit=1");
    expect(listed.body).toMatchObject({ ok: true, total: 2, filtered: 1, cursor: expect.any(String) });
    const next = await call("GET", `/api/archives?limit=1&cursor=${listed.body.cursor}`);
    expect(next.body).toMatchObject({ filtered: 1, cursor: null });
    const ids = [listed, next].map(({ body }) => body.archives[0].id);
    expect(ids.toSorted()).toEqual((await archives()).toSorted());
    expect((await call("GET", `/api/archives/${first}`)).body).toMatchObject({ archive: { id: first } });

    const begun = await call("POST", `/api/archives/${first}/verify`, { level: "deep" });
    expect(begun).toMatchObject({ status: 202, body: { job: { kind: "verify" } } });
    const runs = async () => (await call("GET", "/api/runs?kind=verify&limit=1")).body.runs;
    await expect.poll(runs).toMatchObject([{ status: "done", trigger: "hand" }]);

    expect((await call("PUT", `/api/archives/${first}/pin`)).body).toMatchObject({
      archive: { pinned: true },
    });
    const pins = (await call("GET", "/api/archives")).body.archives as { id: string; pinned: boolean }[];
    expect(pins.filter(({ pinned }) => pinned).map(({ id }) => id)).toEqual([first]);
    await call("DELETE", `/api/archives/${first}/pin`);

    const tar = await call("GET", `/api/archives/${first}/download`);
    expect(tar.status).toBe(200);
    expect(tar.headers["content-disposition"]).toBe(`attachment; filename="${first}.tar"`);
    expect(tar.body).toContain("README.txt");

    const dry = await call("POST", "/api/archives/prune", { dryRun: true });
    expect(dry.body).toMatchObject({ ok: true, prune: { deleted: [] } });
    expect((await call("DELETE", `/api/archives/${first}`)).body).toMatchObject({
      prune: { deleted: [first] },
    });
    expect((await call("GET", `/api/archives/${first}`)).status).toBe(404);
    const run = await call("GET", "/api/runs?kind=archive");
    const fates = run.body.runs.map(
      async ({ id }: { id: string }) => (await call("GET", `/api/runs/${id}`)).body,
    );
    const gone = (await Promise.all(fates)).filter(({ run }) => run.archive.gone);
    expect(gone).toMatchObject([{ run: { archive: { id: first, expiredAt: expect.any(String) } } }]);
  });

  it("are one job, however often they are asked for at once", async () => {
    const { call, archives } = await open();
    const answers = await Promise.all([1, 2, 3].map(() => call("POST", "/api/archives")));
    const ids = new Set(answers.map(({ body }) => Job.parse(body).job.id));
    expect(ids.size).toBe(1);
    const state = async () => (await call("GET", `/api/jobs/${[...ids][0]}`)).body.job.state;
    await expect.poll(state, { timeout: 20_000 }).toBe("done");
    expect(await archives()).toHaveLength(1);
  });

  it("say, and the check does, that objects were left where one cannot be read", async () => {
    const { ask, call, create, archives, root } = await open();
    await create();
    await create({ from: "main", full: true });
    const [damaged = "", healthy] = (await archives()).toSorted();
    const file = join(root, "store/archives", damaged, "manifest.json");
    const manifest = await readFile(file);
    await writeFile(file, "{}");
    for (const dryRun of [true, false])
      expect(await call("POST", "/api/archives/prune", { dryRun })).toMatchObject({
        status: 200,
        body: {
          ok: false,
          prune: {
            kept: expect.arrayContaining([expect.objectContaining({ id: healthy })]),
            deleted: [],
            removed: [],
            sweep: null,
            refused: { code: "SWEEP_REFUSED", sentence: expect.stringContaining(damaged) },
          },
        },
      });
    const check = async () => (await ask("GET", "/api/check", HOLDER)).body;
    await expect.poll(check, { timeout: 20_000, interval: 500 }).toContain("SWEEP_REFUSED");
    await writeFile(file, manifest);
    expect((await call("POST", "/api/archives/prune")).body).toMatchObject({
      ok: true,
      prune: { sweep: { state: "swept" }, refused: null },
    });
    await expect.poll(check, { timeout: 20_000, interval: 500 }).not.toContain("SWEEP_REFUSED");
  });

  it("open their deeds to the admin's secret alone, and nothing happens", async () => {
    const { ask, archives } = await open();
    for (const [method, path] of DEEDS) {
      expect(await ask(method, path, HOLDER)).toMatchObject({
        status: 403,
        body: { error: { code: "ADMIN_SECRET_REQUIRED" } },
      });
      for (const secret of [READER, NOBODY]) expect((await ask(method, path, secret)).status).toBe(401);
    }
    expect((await ask("GET", "/api/archives", READER)).status).toBe(200);
    expect((await ask("GET", ONE, READER)).status).toBe(401);
    expect((await ask("GET", ONE, HOLDER)).body).toMatchObject({ error: { code: "ARCHIVE_NOT_FOUND" } });
    expect(await archives()).toEqual([]);
  });

  it("without such a secret, or without any, are nobody's to make", async () => {
    const open403 = await open({ BACKUP_ADMIN_SECRET: "" });
    for (const [method, path] of DEEDS)
      expect(await open403.ask(method, path, HOLDER)).toMatchObject({
        status: 403,
        body: { error: { code: "ADMIN_SECRET_REQUIRED" } },
      });
    const without = await open({
      BACKUP_ADMIN_SECRET: "",
      BACKUP_READ_SECRET: "",
      DATOCMS_BACKUPS_SHARED_SECRET: "",
    });
    for (const [method, path] of DEEDS) expect((await without.ask(method, path, NOBODY)).status).toBe(403);
  });

  it("refuse what they cannot take, before any work", async () => {
    const { call, archives } = await open();
    for (const body of [{ from: "../main" }, { from: 1 }, { full: "yes" }, { source: "main" }, []])
      expect((await call("POST", "/api/archives", body)).status).toBe(400);
    expect((await call("POST", "/api/archives/prune", { dryrun: true })).status).toBe(400);
    for (const query of ["limit=0", "limit=501", "cursor=../x"])
      expect((await call("GET", `/api/archives?${query}`)).body).toMatchObject({
        error: { code: "INVALID_QUERY" },
      });
    for (const id of ["nothing", "a%20b", "2020-01-01"])
      expect((await call("DELETE", `/api/archives/${id}`)).status).toBe(404);
    expect((await call("PUT", "/api/archives/prune")).status).toBe(405);
    expect(await archives()).toEqual([]);
  });
});

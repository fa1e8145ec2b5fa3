import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { destinationOf as destinationIn } from "../../scripts/hosts/netlify/site.ts";
import { ROOT } from "../../scripts/root.ts";
import { cronExpression } from "../../utils/cron.ts";
import { pick } from "../contract/expectations.ts";
import { SECRET, WRONG_SECRET } from "../contract/host.ts";
import { DISCONNECT, HEALTH, healthBody, ROUTES, STATUS } from "../contract/wire.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type Build, build, type Running, run, site } from "./netlify/functions.ts";

const CRONS = {
  dailyBackup: cronExpression("daily", "hourly"),
  weeklyBackup: cronExpression("weekly", "hourly"),
};
const NAMED = [
  "app",
  "backup-now",
  "backup-status",
  "initialization",
  "jobs",
  "plugin-health",
  "scheduler-disconnect",
];
const ORIGIN = "https://backups.netlify.app";

const destinationOf = (path: string, named: ReadonlySet<string>) => destinationIn(site, path, named);

let built: Build;
beforeAll(async () => {
  built = await build();
}, BUILD_MS);

describe("what a deploy uploads", () => {
  test("is every function, and nothing else", () => {
    const names = built.functions.map(({ name }) => name);
    expect(names.sort()).toEqual([...NAMED, ...Object.keys(CRONS)].sort());
  });

  test("has two schedules", () => {
    const schedules = built.functions.flatMap(({ name, schedule }) => (schedule ? [[name, schedule]] : []));
    expect(Object.fromEntries(schedules)).toEqual(CRONS);
  });

  test("is reached by name: no function has a path of its own", () => {
    for (const { name, routes, excludedRoutes } of built.functions)
      expect([name, routes, excludedRoutes ?? []]).toEqual([name, [], []]);
  });

  test("is ESM of Netlify's present API, answers at once, and runs on the Node that built it", () => {
    const [major] = process.versions.node.split(".");
    for (const each of built.functions)
      expect(each).toMatchObject({
        outputModuleFormat: "esm",
        runtimeAPIVersion: 2,
        invocationMode: "stream",
        runtimeVersion: `nodejs${major}.x`,
      });
  });

  test("carries the documented package.json in every function's folder", () => {
    const directory = join(ROOT, site.functions.directory);
    const folders = readdirSync(directory, { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(["dailyBackup", "initialization", "weeklyBackup"]);
    for (const { name } of folders) {
      const manifest: unknown = JSON.parse(readFileSync(join(directory, name, "package.json"), "utf8"));
      expect(manifest).toEqual({ name: expect.any(String), private: true, type: "module" });
    }
  });
});

describe("netlify.toml", () => {
  test("builds nothing before the functions, so they are all that a deploy builds", () => {
    expect(site.build.command).toBe("true");
  });

  test("builds with the Node that package.json and the tests know", () => {
    expect(site.build.environment).toEqual({ NODE_VERSION: "24" });
  });

  test("asks for the token and the secret, with labels that nobody takes for values", () => {
    const labels = site.template.environment;
    expect(Object.keys(labels)).toEqual(["DATOCMS_FULLACCESS_API_TOKEN", "DATOCMS_BACKUPS_SHARED_SECRET"]);
    for (const label of Object.values(labels)) expect(label).toMatch(/^\S+( \S+){4,}$/);
  });

  test("publishes nothing but a page for robots, and none that hides the service", () => {
    const directory = join(ROOT, site.build.publish);
    expect(readdirSync(directory, { recursive: true })).toEqual(["robots.txt"]);
    for (const path of ["/", ...ROUTES.map(({ path }) => path)])
      expect(destinationOf(path, new Set(NAMED)).kind).toBe("function");
  });

  test("names directories that are there", () => {
    for (const directory of [site.build.publish, site.functions.directory])
      expect(existsSync(join(ROOT, directory))).toBe(true);
  });

  test("leads the plugin to its four functions, jobs to theirs and everything else to the app", () => {
    const names = new Set(NAMED);
    const nameOf = (path: string) => pick(destinationOf(path, names), "name");
    for (const { path } of ROUTES) {
      const [, , group = "", route] = path.split("/");
      const owners: Readonly<Record<string, string | undefined>> = { datocms: route, jobs: "jobs" };
      expect([path, nameOf(path)]).toEqual([path, owners[group] ?? "app"]);
    }
    for (const path of ["/", "/healthz", "/api", "/api/datocms/other", "/api/datocms/plugin-health/more"])
      expect(nameOf(path)).toBe("app");
    expect(site.redirects.at(-1)?.from).toBe("/*");
  });
});

describe("a function", () => {
  let running: Running;
  beforeAll(() => {
    running = run(built, { DATOCMS_BACKUPS_SHARED_SECRET: SECRET }, () => {});
  });
  afterAll(() => running.close());

  /** The answer's status and code, for a body that no route takes: whoever says so was reached. */
  async function reached(path: string, seenAs: "asked for" | "rewritten to", secret = SECRET) {
    const destination = destinationOf(path, new Set(NAMED));
    if (destination.kind !== "function") throw new Error(`${path} leads to no function.`);
    const seen = seenAs === "asked for" ? path : destination.path;
    const request = new Request(`${ORIGIN}${path}`, {
      method: "POST",
      body: "[]",
      headers: { "x-datocms-backups-auth": secret },
    });
    const response = await running.call(destination.name, `${ORIGIN}${seen}`, request);
    return { status: response.status, code: pick(await response.json(), "error", "code") };
  }

  for (const seenAs of ["asked for", "rewritten to"] as const)
    test(`serves its own route, when it sees the address that was ${seenAs}`, async () => {
      for (const { path } of ROUTES.filter(({ methods }) => methods.some((method) => method === "POST")))
        expect([path, await reached(path, seenAs)]).toEqual([path, { status: 400, code: "INVALID_BODY" }]);
      for (const path of ["/", "/nowhere", "/api/jobs/other", "/api/datocms/other"])
        expect([path, await reached(path, seenAs)]).toEqual([path, { status: 404, code: "NOT_FOUND" }]);
    });

  test("serves its own route and no other, whatever address it sees", async () => {
    for (const path of [STATUS, DISCONNECT, "/", "/nowhere", "/.netlify/functions/backup-status/more"]) {
      const headers = { "x-datocms-backups-auth": SECRET };
      const body = JSON.stringify(healthBody);
      const request = new Request(`${ORIGIN}${HEALTH}`, { method: "POST", body, headers });
      const response = await running.call("plugin-health", `${ORIGIN}${path}`, request);
      expect([path, response.status]).toEqual([path, 200]);
    }
  });

  test("is called by its name as well, and says 404 where there is nothing below it", async () => {
    for (const path of ["/.netlify/functions/app", "/.netlify/functions/app/other"])
      expect(await reached(path, "asked for")).toEqual({ status: 404, code: "NOT_FOUND" });
    for (const path of [
      "/.netlify/functions/jobs/daily-backup",
      "/.netlify/functions/app/api/jobs/initialize",
    ])
      expect(await reached(path, "asked for")).toEqual({ status: 400, code: "INVALID_BODY" });
  });

  test("asks strangers for the secret, by whatever address", async () => {
    for (const path of [HEALTH, "/nowhere", "/.netlify/functions/jobs/initialize", "/.netlify/functions/app"])
      for (const seenAs of ["asked for", "rewritten to"] as const)
        expect(await reached(path, seenAs, WRONG_SECRET)).toEqual({ status: 401, code: "UNAUTHORIZED" });
  });

  test("knows the variables of its own deployment only", async () => {
    const other = run(built, { CRON_SECRET: "secret-of-another-deployment" }, () => {});
    const request = () =>
      new Request(`${ORIGIN}${HEALTH}`, { method: "POST", headers: { authorization: `Bearer ${SECRET}` } });
    expect((await running.call("plugin-health", `${ORIGIN}${HEALTH}`, request())).status).toBe(400);
    expect((await other.call("plugin-health", `${ORIGIN}${HEALTH}`, request())).status).toBe(401);
    await other.close();
  });
});

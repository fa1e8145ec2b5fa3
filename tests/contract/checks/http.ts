import { expect } from "vitest";
import { complaintsAbout } from "../described.ts";
import { evidence } from "../evidence.ts";
import { expectError, expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import { type Host, WRONG_SECRET } from "../host.ts";
import {
  type Address,
  HEALTH,
  healthBody,
  isPluginFacing,
  OTHER_ADDRESSES,
  PATHS,
  SERVICE,
  SOME_ADDRESSES,
  STATUS,
} from "../wire.ts";

const PREFLIGHT = {
  origin: "https://plugins-cdn.datocms.com",
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type,x-datocms-backups-auth",
};

function listIn(header: string | null): string[] {
  return (header ?? "").toLowerCase().split(/,\s*/);
}

/** What these addresses make of methods that are not theirs. */
function methodsOf(check: Check, addresses: readonly Address[]): void {
  for (const { address, methods } of addresses) {
    const wrong = ["GET", "PUT", "DELETE", "PATCH"].filter((each) => !methods.includes(each));
    check(`${address}: ${wrong.join(", ")} get 405 with Allow`, "no calls", async ({ send }) => {
      for (const method of wrong) {
        const answer = await send(method, address);
        expectError(answer, 405, "METHOD_NOT_ALLOWED");
        const allowed = listIn(answer.headers.get("allow"));
        expect(allowed).toEqual(expect.arrayContaining(methods.map((each) => each.toLowerCase())));
        expect(allowed).not.toContain(method.toLowerCase());
      }
    });
    check(`${address}: HEAD runs nothing`, "no calls", async ({ send }) => {
      expect((await send("HEAD", address)).status).toBe(405);
      const forced = await send("HEAD", `${address}?force=true`, {
        headers: { "x-datocms-force-run": "true" },
      });
      expect(forced.status).toBe(405);
      expect(forced.text).toBe("");
    });
  }
}

/** The methods of the addresses that `http` leaves out. */
export function methodsElsewhere(host: Host): void {
  group(host, "methods elsewhere", { options: "shared" }, (check) => methodsOf(check, OTHER_ADDRESSES));
}

/**
 * Methods, addresses, preflights and headers: what HTTP itself promises.
 *
 * @param only the addresses that are asked, where it is not some for methods and all for preflights
 */
export function http(host: Host, only?: readonly Address[]): void {
  const paths = only?.map(({ address }) => address) ?? PATHS;
  group(host, "methods and addresses", { options: "shared" }, (check) => {
    methodsOf(check, only ?? SOME_ADDRESSES);
    for (const path of [
      "/",
      "/api",
      "/api/jobs/hourly-backup",
      "/api/datocms/unknown",
      "/.netlify/functions/other",
    ])
      check(`${path}: a JSON 404`, "no calls", async ({ send }) => {
        for (const method of ["GET", "POST"]) expectError(await send(method, path), 404, "NOT_FOUND");
      });
    check("a 404 says nothing of what was asked for", "no calls", async ({ send }) => {
      expect((await send("GET", "/a-private-word?and=another")).text).not.toMatch(/private-word|another/);
    });
  });

  group(host, "cross-origin", { options: "shared" }, (check) => {
    for (const path of paths.filter(isPluginFacing))
      check(`${path}: the preflight lets the plugin through`, "no calls", async ({ send }) => {
        const { status, headers, text } = await send("OPTIONS", path, { headers: PREFLIGHT, secret: null });
        expect([200, 204]).toContain(status);
        expect(text).toBe("");
        expect(["*", PREFLIGHT.origin]).toContain(headers.get("access-control-allow-origin"));
        expect(listIn(headers.get("access-control-allow-methods"))).toContain("post");
        expect(listIn(headers.get("access-control-allow-headers"))).toEqual(
          expect.arrayContaining(["content-type", "x-datocms-backups-auth"]),
        );
        expect(headers.get("cache-control")).toBe("no-store");
      });
    for (const path of paths.filter((each) => each.startsWith("/.netlify/") && !isPluginFacing(each)))
      check(`${path}: no page of another origin may call a job`, "no calls", async ({ send }) => {
        const { status, headers } = await send("OPTIONS", path, { headers: PREFLIGHT, secret: null });
        expect(status).toBe(204);
        expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      });
    const cases: readonly (readonly [string, number, string, string, object])[] = [
      ["a success", 200, "POST", HEALTH, { body: healthBody }],
      ["a 400", 400, "POST", HEALTH, { body: {} }],
      ["a 401", 401, "POST", STATUS, { secret: WRONG_SECRET }],
      ["a 404", 404, "POST", "/api/datocms/unknown", {}],
      ["a 405", 405, "GET", HEALTH, {}],
      ["a 413", 413, "POST", HEALTH, { body: " ".repeat(70_000) }],
    ];
    for (const [title, status, method, path, options] of cases)
      check(`${title} can be read from another origin`, "no calls", async ({ send }) => {
        const answer = await send(method, path, { headers: { origin: PREFLIGHT.origin }, ...options });
        expect(answer.status).toBe(status);
        expect(["*", PREFLIGHT.origin]).toContain(answer.headers.get("access-control-allow-origin"));
      });
  });

  group(host, "healthz and readyz", { options: "shared" }, (check) => {
    check("answers without a secret", "no calls", async ({ send }) => {
      const answer = await send("GET", "/healthz", { secret: null });
      expectOk(answer);
      expect(answer.body).toEqual({ ok: true, service: SERVICE, status: "ready" });
    });
    check("is no matter of settings; readyz is", "no calls", async ({ send }) => {
      expectOk(await send("GET", "/readyz", { secret: null }), { service: SERVICE, status: "ready" });
    });
    check(
      "readyz is 503 without a token",
      "no calls",
      async ({ send }) => {
        expectError(await send("GET", "/readyz", { secret: null }), 503, "NOT_READY", {});
        expectOk(await send("GET", "/healthz", { secret: null }));
      },
      { options: { variables: { DATOCMS_FULLACCESS_API_TOKEN: undefined } } },
    );
  });
}

/**
 * What holds for every answer that the host has given in this run: to be called last.
 *
 * @param fewest answers of each kind that is looked at; with fewer, something was not collected
 */
export function everyAnswer(host: Host, fewest: number): void {
  group(host, "every answer of the run", { options: {}, when: "last" }, (check) => {
    const all = () => {
      const own = evidence.answers.filter((answer) => answer.host === host.name);
      expect(own.length).toBeGreaterThan(2 * fewest);
      return own;
    };
    check("forbids caches to keep it", "no calls", async () => {
      expect(all().filter(({ headers }) => headers["cache-control"] !== "no-store")).toEqual([]);
    });
    check("forbids browsers to take it for something else", "no calls", async () => {
      expect(all().filter(({ headers }) => headers["x-content-type-options"] !== "nosniff")).toEqual([]);
    });
    check("says how to authenticate, where that is what it lacks", "no calls", async () => {
      const refusals = all().filter(({ status }) => status === 401);
      expect(refusals.length).toBeGreaterThan(fewest);
      expect(refusals.filter(({ headers }) => headers["www-authenticate"] !== "Bearer")).toEqual([]);
    });
    check("is JSON, where there is a body", "no calls", async () => {
      const others = all().filter(
        ({ body, headers }) => body !== "" && !headers["content-type"]?.startsWith("application/json"),
      );
      // What Prometheus reads has a form of its own.
      expect(others.filter(({ path, status }) => path !== "/metrics" || status !== 200)).toEqual([]);
    });
    check("is as openapi.json has it, to the last member", "no calls", async () => {
      const complaints = all().flatMap(complaintsAbout);
      expect([...new Set(complaints)]).toEqual([]);
    });
    check("can be read by the plugin, where the plugin calls", "no calls", async () => {
      const facing = all().filter(({ path }) => isPluginFacing(path));
      expect(facing.length).toBeGreaterThan(fewest);
      expect(facing.filter(({ headers }) => headers["access-control-allow-origin"] !== "*")).toEqual([]);
    });
    check("carries the documented envelope, where it is a failure", "no calls", async () => {
      const failures = all().filter(({ status, body }) => status >= 400 && body !== "");
      expect(failures.length).toBeGreaterThan(fewest);
      for (const { body } of failures) {
        const answer: unknown = JSON.parse(body);
        expect(answer).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^[A-Z_]+$/) } });
        expect(pick(answer, "error", "message")).toMatch(/^\S.{10,}$/);
        // The plugin adds a full stop of its own.
        expect(pick(answer, "error", "message")).not.toMatch(/\.$/);
        expect(pick(answer, "error", "details")).toBeTypeOf("object");
        expect(body).not.toMatch(/node_modules|\.ts:\d|at async/);
      }
    });
  });
}

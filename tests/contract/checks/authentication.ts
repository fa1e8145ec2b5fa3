import { expect } from "vitest";
import { evidence } from "../evidence.ts";
import { expectError, expectOk, unlessCutOff } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import { type Host, SECOND_SECRET, SECRET, timesOf, WRONG_SECRET } from "../host.ts";
import { bearer, NOBODY, own, type SendOptions } from "../scene.ts";
import {
  type Address,
  BACKUP_NOW,
  DAILY,
  HEALTH,
  healthBody,
  OTHER_ADDRESSES,
  SOME_ADDRESSES,
} from "../wire.ts";

/** What a stranger may try in place of the secret. */
const GUESSES: readonly (readonly [string, SendOptions])[] = [
  ["an empty header", own("")],
  ["a bearer with nothing behind it", bearer("")],
  ["the secret without its end", own(SECRET.slice(0, -1))],
  ["the secret with something behind it", own(`${SECRET}x`)],
  ["the secret in capitals", own(SECRET.toUpperCase())],
  ["the secret in another scheme", { headers: { authorization: `Basic ${SECRET}` }, secret: null }],
  ["the secret without a scheme", { headers: { authorization: SECRET }, secret: null }],
  ["both secrets in one header", own(`${SECRET},${SECOND_SECRET}`)],
  ["the secret in a cookie", { headers: { cookie: `secret=${SECRET}` }, secret: null }],
  ["the secret in the body", { body: { secret: SECRET, "x-datocms-backups-auth": SECRET }, secret: null }],
];

/** What the hosts' own crons send; anybody can send it too. */
const CRON_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { "x-vercel-cron": "1", "user-agent": "vercel-cron/1.0" },
  { "x-vercel-cron-schedule": "5 2 * * *", "user-agent": "vercel-cron/1.0" },
  { "x-nf-event": "schedule", "user-agent": "Netlify Clockwork" },
  { "x-netlify-event": "schedule" },
  { "cf-cron": "5 * * * *", "cf-worker": "1" },
  { "x-datocms-force-run": "true" },
];

const WITH_TWO_SECRETS = { options: { variables: { CRON_SECRET: SECOND_SECRET } } };

/** Who is let in at these addresses. */
function doors(check: Check, addresses: readonly Address[]): void {
  for (const { address, methods } of addresses) {
    check(`${address}: closed to strangers, with every method`, "no calls", async ({ send }) => {
      evidence.mustNotShow(WRONG_SECRET);
      for (const method of methods)
        for (const options of [NOBODY, own(WRONG_SECRET), bearer(WRONG_SECRET)])
          expectError(await send(method, address, options), 401, "UNAUTHORIZED");
    });
    // A body that is refused shows who was let in, without running anything.
    check(`${address}: open to either secret in either header`, "no calls", async ({ send }) => {
      for (const secret of [SECRET, SECOND_SECRET])
        for (const options of [own(secret), bearer(secret), own(` ${secret} `)])
          expectError(await send("POST", address, { ...options, body: "[]" }), 400, "INVALID_BODY");
    });
  }
  check("forged cron headers open nothing", "no calls", async ({ send }) => {
    for (const headers of CRON_HEADERS)
      for (const { address, methods } of addresses)
        for (const method of methods)
          expectError(await send(method, address, { headers, secret: null }), 401, "UNAUTHORIZED");
  });
  check("preflight and healthz are open", "no calls", async ({ send }) => {
    const headers = { origin: "https://example.com", "access-control-request-method": "POST" };
    for (const { address } of addresses)
      expect((await send("OPTIONS", address, { headers, ...{ secret: null } })).status).toBe(204);
    expectOk(await send("GET", "/healthz", NOBODY));
  });
}

/** Who is let in at the addresses that `authentication` leaves out. */
export function authenticationElsewhere(host: Host): void {
  group(host, "authentication elsewhere", WITH_TWO_SECRETS, (check) => doors(check, OTHER_ADDRESSES));
}

/** Who is let in, with two secrets configured, at some addresses. */
export function authentication(host: Host, addresses = SOME_ADDRESSES): void {
  group(host, "authentication", WITH_TWO_SECRETS, (check) => {
    doors(check, addresses);
    check("a right secret beside a wrong one is enough", "no calls", async ({ send }) => {
      const right = { "x-datocms-backups-auth": WRONG_SECRET, authorization: `Bearer ${SECRET}` };
      expectOk(await send("POST", HEALTH, { body: healthBody, headers: right, secret: null }));
    });
    for (const [title, options] of GUESSES)
      check(`${title}: 401`, "no calls", async ({ send }) => {
        expectError(await send("POST", BACKUP_NOW, options), 401, "UNAUTHORIZED");
      });
    check("the secret in the address: 401", "no calls", async ({ send }) => {
      const address = `${DAILY}?secret=${SECRET}&x-datocms-backups-auth=${SECRET}&force=true`;
      expectError(await send("GET", address, NOBODY), 401, "UNAUTHORIZED");
    });
    check("every refusal is one and the same", "no calls", async ({ send }) => {
      const answers = [
        await send("POST", HEALTH, { ...NOBODY, body: healthBody }),
        await send("GET", DAILY, own(WRONG_SECRET)),
        await send("DELETE", "/nowhere", bearer(`${SECRET}x`)),
        await send("POST", BACKUP_NOW, bearer("")),
      ];
      for (const { status, text, headers } of answers) {
        expect({ status, text }).toEqual({ status: 401, text: answers[0]?.text });
        expect(headers.get("www-authenticate")).toBe("Bearer");
      }
    });
    check("401 comes before 404 and 405", "no calls", async ({ send }) => {
      expectError(await send("GET", "/nowhere", NOBODY), 401, "UNAUTHORIZED");
      expectError(await send("GET", HEALTH, NOBODY), 401, "UNAUTHORIZED");
      expectError(await send("DELETE", DAILY, NOBODY), 401, "UNAUTHORIZED");
      expect((await send("HEAD", DAILY, NOBODY)).status).toBe(401);
    });
    check("the body is not looked at before", "no calls", async ({ send }) => {
      expectError(await send("POST", HEALTH, { ...NOBODY, body: "{" }), 401, "UNAUTHORIZED");
      expectError(await send("POST", HEALTH, { ...NOBODY, body: healthBody }), 401, "UNAUTHORIZED");
    });
    check(
      "3 MB of a stranger: 401 or cut off while sending, and the next requests work",
      "no calls",
      async ({ send }) => {
        for (let time = 0; time < timesOf(host); time += 1) {
          const body = " ".repeat(3_000_000);
          const answer = await unlessCutOff(send("POST", BACKUP_NOW, { ...NOBODY, body }));
          if (answer !== undefined) expectError(answer, 401, "UNAUTHORIZED");
          expectOk(await send("POST", HEALTH, { body: healthBody }));
        }
      },
    );
    check("a secret that is right runs the job", { forks: 1 }, async ({ send }) => {
      expectOk(await send("POST", DAILY, bearer(SECOND_SECRET)));
    });
  });
}

import { expect } from "vitest";
import { expectError, expectOk } from "../expectations.ts";
import { group, type Special } from "../group.ts";
import type { Host } from "../host.ts";
import { DAILY, DISCONNECT, disconnectBody, HEALTH, healthBody } from "../wire.ts";

const OWN = [
  "127.0.0.1:8787",
  "10.0.0.7",
  "[::1]:8787",
  "[2001:db8::1]",
  "localhost",
  "localhost:8787",
  "LOCALHOST",
  "backups.localhost",
  "backups.example.com",
  "Backups.Example.com:8443",
  "backups.example.com.",
  "nas",
];

const FOREIGN = [
  "rebound.example",
  "rebound.example:8787",
  "sub.backups.example.com",
  "backups.example.com.rebound.example",
  "localhost.rebound.example",
  "127.0.0.1.rebound.example",
  "notlocalhost",
];

const NAMED: Special = { needs: ["any-name"] };

/** By what names a server of one's own may be called. */
export function hostNames(host: Host): void {
  const ALLOWED_HOSTS = "backups.example.com, NAS";
  const open = { DATOCMS_BACKUPS_SHARED_SECRET: undefined, ALLOWED_HOSTS };

  group(host, "names, without a secret", { options: { variables: open } }, (check) => {
    check(
      "an address, localhost and what ALLOWED_HOSTS names are answered",
      "no calls",
      async ({ send }) => {
        for (const name of OWN) {
          const answer = await send("POST", HEALTH, {
            secret: null,
            headers: { host: name },
            body: healthBody,
          });
          expect({ name, status: answer.status }).toEqual({ name, status: 200 });
        }
      },
      NAMED,
    );
    check(
      "every other name is 421, whatever is asked for",
      "no calls",
      async ({ send }) => {
        for (const name of FOREIGN) {
          const options = { secret: null, headers: { host: name, "sec-fetch-site": "same-origin" } };
          for (const path of ["/api/backups", DAILY, "/nowhere"])
            expectError(await send("GET", path, options), 421, "UNKNOWN_HOST");
          expectError(
            await send("POST", DISCONNECT, { ...options, body: disconnectBody }),
            421,
            "UNKNOWN_HOST",
          );
        }
      },
      NAMED,
    );
    check(
      "healthz answers to any",
      "no calls",
      async ({ send }) => {
        for (const name of [...OWN, ...FOREIGN])
          expectOk(await send("GET", "/healthz", { secret: null, headers: { host: name } }));
      },
      NAMED,
    );
  });

  group(host, "names, with a secret", { options: "shared" }, (check) => {
    check(
      "any will do",
      "no calls",
      async ({ send }) => {
        for (const name of [...OWN, ...FOREIGN])
          expectOk(await send("POST", HEALTH, { headers: { host: name }, body: healthBody }));
      },
      NAMED,
    );
  });
}

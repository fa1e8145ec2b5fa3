import { expect } from "vitest";
import { expectError, expectOk } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import { type Host, SECOND_SECRET, SECRET } from "../host.ts";
import { bearer, NOBODY, own } from "../scene.ts";
import { DAILY, HEALTH, healthBody } from "../wire.ts";

const FIRST = "DATOCMS_BACKUPS_SHARED_SECRET";
const SECOND = "CRON_SECRET";
type Variable = typeof FIRST | typeof SECOND;

/** Values that are refused, of which a host could make something else on their way to the service. */
const REFUSED: readonly (readonly [string, Variable])[] = [
  ["superSecretToken", FIRST],
  ["sixteen-l\u00e9tters", SECOND],
  ["sixteen-\u200bletters", FIRST],
  ['"half-a-pair-of-quotes', SECOND],
];

/** The same values in the other variable, and values of plain letters, which any host hands on as they are. */
const REFUSED_EVERYWHERE: readonly (readonly [string, Variable])[] = [
  ...REFUSED.map(([value, name]) => [value, name === FIRST ? SECOND : FIRST] as const),
  ...["your-secret-here", "change-me-please", "<a random secret>", "seven77"].flatMap((value) =>
    ([FIRST, SECOND] as const).map((name) => [value, name] as const),
  ),
];

/** What may stand in the variables of the secret, where a host could change it on the way. */
export function secrets(host: Host): void {
  group(host, "secrets", {}, (check) => {
    for (const [value, name] of REFUSED) isRefused(check, value, name);
    works(check, "white space around it", `  ${SECRET}\n`, SECRET);
    check(
      "CRON_SECRET alone works",
      "no calls",
      async ({ send }) => {
        expectOk(await send("POST", HEALTH, { ...own(SECOND_SECRET), body: healthBody }));
        expectError(await send("POST", HEALTH, { ...own(SECRET), body: healthBody }), 401, "UNAUTHORIZED");
      },
      { options: { variables: { [FIRST]: undefined, [SECOND]: SECOND_SECRET } } },
    );
    check(
      "a blank secret is none",
      "no calls",
      async ({ send }) => {
        expectOk(await send("POST", HEALTH, { ...NOBODY, body: healthBody }));
      },
      { options: { variables: { [FIRST]: "  ", [SECOND]: "" } } },
    );
  });
}

/** What the service makes of a secret that reaches it as it was entered. */
export function moreSecrets(host: Host): void {
  group(host, "more secrets", {}, (check) => {
    for (const [value, name] of REFUSED_EVERYWHERE) isRefused(check, value, name);
    works(check, "8 characters", "eight-88");
    works(check, "15 characters", "fifteen-letters");
  });
}

function isRefused(check: Check, value: string, name: Variable): void {
  check(
    `${value} in ${name}: 500 MISSING_SHARED_SECRET_CONFIG, even for who knows it`,
    "no calls",
    async ({ send }) => {
      const isSendable = /^[\x20-\x7e]+$/.test(value);
      for (const options of isSendable ? [own(value), bearer(value), NOBODY] : [NOBODY]) {
        const answer = await send("POST", HEALTH, { ...options, body: healthBody });
        const details = expect.objectContaining({ variable: name });
        expectError(answer, 500, "MISSING_SHARED_SECRET_CONFIG", details);
        expect(answer.text).toContain(name);
      }
      if (isSendable) expectError(await send("GET", DAILY, own(value)), 500, "MISSING_SHARED_SECRET_CONFIG");
      expectOk(await send("GET", "/healthz", NOBODY));
    },
    { options: { variables: { [FIRST]: undefined, [name]: value } } },
  );
}

/** @param given what a caller sends; default: the value itself */
function works(check: Check, title: string, value: string, given = value): void {
  check(
    `a secret with ${title} works`,
    "no calls",
    async ({ send }) => {
      expectOk(await send("POST", HEALTH, { ...own(given), body: healthBody }));
      const wrong = await send("POST", HEALTH, { ...own(`${given}x`), body: healthBody });
      expectError(wrong, 401, "UNAUTHORIZED");
    },
    { options: { variables: { [FIRST]: value } } },
  );
}

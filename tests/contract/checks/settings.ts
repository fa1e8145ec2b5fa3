import { expect } from "vitest";
import { expectError, expectOk } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host, OpenOptions } from "../host.ts";
import type { SendOptions } from "../scene.ts";
import { tokenWhere } from "../tokens.ts";
import {
  BACKUP_NOW,
  DAILY,
  DISCONNECT,
  disconnectBody,
  HEALTH,
  healthBody,
  INITIALIZE,
  SCHEDULED,
  STATUS,
  statusBody,
  WEEKLY,
} from "../wire.ts";

/** Every call that needs DatoCMS. */
const CALLS: readonly (readonly [string, string, SendOptions])[] = [
  ["POST", STATUS, { body: statusBody }],
  ["POST", DISCONNECT, { body: disconnectBody }],
  ["POST", BACKUP_NOW, {}],
  ["GET", BACKUP_NOW, {}],
  ["GET", DAILY, {}],
  ["POST", DAILY, {}],
  ["GET", WEEKLY, {}],
  ["POST", WEEKLY, {}],
  ["POST", INITIALIZE, {}],
  ["GET", SCHEDULED, {}],
];

const PREFERRED = "DATOCMS_FULLACCESS_API_TOKEN";
const LEGACY = "DATOCMS_FULLACCESS_TOKEN";

/** Where the API token and the other settings come from, where a host could change them on the way. */
export function settings(host: Host): void {
  group(host, "token and settings", {}, (check) => {
    isMissing(check, "no token", undefined);
    isUnusable(check, "a character above U+00FF", "token-of-\u0436nobody");
    isUnusable(check, "a line break", "token-of-\nnobody");
    reachesProject(check, "the legacy variable alone", (token) => ({
      [PREFERRED]: undefined,
      [LEGACY]: token,
    }));
    reachesProject(check, "a token with white space around it", (token) => ({ [PREFERRED]: ` ${token}\n` }));
    check(
      "words in any case, quotes and comments are read alike",
      { forks: 1 },
      async ({ send }) => {
        expectOk(await send("POST", BACKUP_NOW));
      },
      {
        options: {
          variables: {
            BACKUP_CADENCES: "Daily, WEEKLY",
            BACKUP_CATCH_UP: "No",
            BACKUP_SCHEDULER: "TRUE",
            BACKUP_KEEP_DAILY: '"2" # two',
            BACKUP_ROTATION: "'Fork-First'",
          },
        },
      },
    );
    isRefused(check, "BACKUP_KEEP_DAILY", "plenty");
  });
}

/** What the service makes of settings that reach it as they were entered. */
export function moreSettings(host: Host): void {
  group(host, "more settings", {}, (check) => {
    isMissing(check, "a blank token", "  ");
    isMissing(check, "a template's text as token", "your-full-access-api-token");
    isUnusable(check, "an invisible character", "token-of-\u200bnobody");
    for (const [title, variables] of [
      [
        "the preferred variable before the legacy one",
        (token: string) => ({ [PREFERRED]: token, [LEGACY]: "token-of-nobody" }),
      ],
      [
        "the legacy variable beside a blank preferred one",
        (token: string) => ({ [PREFERRED]: " ", [LEGACY]: token }),
      ],
      [
        "the legacy variable beside a template's text",
        (token: string) => ({ [PREFERRED]: "<your token>", [LEGACY]: token }),
      ],
    ] as const)
      reachesProject(check, title, variables);
    for (const [variable, value] of [
      ["BACKUP_ROTATION", "sideways"],
      ["BACKUP_SCHEDULER", "maybe"],
      ["BACKUP_CADENCES", "daily,hourly"],
      ["BACKUP_CADENCES", "Weekley"],
      ["BACKUP_CADENCES", "daily,,"],
      ["DATOCMS_CMA_BASE_URL", "not-an-address"],
    ] as const)
      isRefused(check, variable, value);
  });
}

function isMissing(check: Check, title: string, value: string | undefined): void {
  check(
    `${title}: 500 MISSING_API_TOKEN on every call that needs one`,
    "no calls",
    async ({ send }) => {
      for (const [method, path, options] of CALLS) {
        const answer = await send(method, path, options);
        expectError(answer, 500, "MISSING_API_TOKEN");
        expect(answer.body).toHaveProperty(
          "error.message",
          expect.stringMatching(/^Missing API token\. Configure DATOCMS_FULLACCESS_API_TOKEN/),
        );
      }
      expectOk(await send("POST", HEALTH, { body: healthBody }));
    },
    { options: { variables: { [PREFERRED]: value } } },
  );
}

function isUnusable(check: Check, title: string, token: string): void {
  check(
    `a token with ${title}: 500 INVALID_CONFIGURATION that names it and shows nothing of it`,
    "no calls",
    async ({ send }) => {
      for (const [method, path, options] of CALLS) {
        const answer = await send(method, path, options);
        expectError(answer, 500, "INVALID_CONFIGURATION", expect.objectContaining({ variable: PREFERRED }));
        expect(answer.text).not.toContain("nobody");
      }
    },
    { options: { variables: { [PREFERRED]: token } } },
  );
}

/** @param variables around a token that DatoCMS knows */
function reachesProject(
  check: Check,
  title: string,
  variables: (token: string) => NonNullable<OpenOptions["variables"]>,
): void {
  const options = async () => {
    const token = await tokenWhere();
    return { token, variables: variables(token) };
  };
  check(
    `${title} reaches the project`,
    "reads",
    async (scene) => {
      expectOk(await scene.send("POST", STATUS, { body: statusBody }));
      expect(scene.requests().map(({ project }) => project)).toEqual(
        scene.requests().map(() => scene.project.name),
      );
    },
    { options },
  );
}

function isRefused(check: Check, variable: string, value: string): void {
  check(
    `${value} as ${variable}: 500 INVALID_CONFIGURATION that names it and shows its value`,
    "no calls",
    async ({ send }) => {
      const answer = await send("POST", BACKUP_NOW);
      expectError(answer, 500, "INVALID_CONFIGURATION", expect.objectContaining({ variable }));
      expect(answer.body).toHaveProperty(
        "error.message",
        expect.stringContaining(`${variable} is "${value}" (${value.length} characters); it must be `),
      );
      expectOk(await send("POST", HEALTH, { body: healthBody }));
    },
    { options: { variables: { [variable]: value } } },
  );
}

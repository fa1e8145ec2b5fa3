import { expect } from "vitest";
import { expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
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

/** Variables around a token that DatoCMS knows. */
function around(variables: (token: string) => OpenOptions["variables"]): () => Promise<OpenOptions> {
  return async () => {
    const token = await tokenWhere();
    return { token, variables: variables(token) ?? {} };
  };
}

/** Where the API token and the other settings come from. */
export function settings(host: Host): void {
  group(host, "token and settings", {}, (check) => {
    for (const [title, value] of [
      ["no token", undefined],
      ["a blank token", "  "],
      ["a template's text as token", "your-full-access-api-token"],
    ] as const)
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
        { options: { variables: { DATOCMS_FULLACCESS_API_TOKEN: value } } },
      );

    for (const [title, token] of [
      ["an invisible character", "token-of-\u200bnobody"],
      ["a character above U+00FF", "token-of-\u0436nobody"],
      ["a line break", "token-of-\nnobody"],
    ] as const)
      check(
        `a token with ${title}: 500 INVALID_CONFIGURATION that names it and shows nothing of it`,
        "no calls",
        async ({ send }) => {
          for (const [method, path, options] of CALLS) {
            const answer = await send(method, path, options);
            const variable = "DATOCMS_FULLACCESS_API_TOKEN";
            expectError(answer, 500, "INVALID_CONFIGURATION", expect.objectContaining({ variable }));
            expect(answer.text).not.toContain("nobody");
          }
        },
        { options: { variables: { DATOCMS_FULLACCESS_API_TOKEN: token } } },
      );

    const preferred = "DATOCMS_FULLACCESS_API_TOKEN";
    const legacy = "DATOCMS_FULLACCESS_TOKEN";
    for (const [title, variables] of [
      ["the legacy variable alone", (token: string) => ({ [preferred]: undefined, [legacy]: token })],
      [
        "the preferred variable before the legacy one",
        (token: string) => ({ [preferred]: token, [legacy]: "token-of-nobody" }),
      ],
      [
        "the legacy variable beside a blank preferred one",
        (token: string) => ({ [preferred]: " ", [legacy]: token }),
      ],
      [
        "the legacy variable beside a template's text",
        (token: string) => ({ [preferred]: "<your token>", [legacy]: token }),
      ],
      ["a token with white space around it", (token: string) => ({ [preferred]: ` ${token}\n` })],
    ] as const)
      check(
        `${title} reaches the project`,
        "reads",
        async (scene) => {
          expectOk(await scene.send("POST", STATUS, { body: statusBody }));
          expect(scene.requests().map(({ project }) => project)).toEqual(
            scene.requests().map(() => scene.project.name),
          );
        },
        { options: around(variables) },
      );

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

    for (const [variable, value] of [
      ["BACKUP_KEEP_DAILY", "plenty"],
      ["BACKUP_ROTATION", "sideways"],
      ["BACKUP_SCHEDULER", "maybe"],
      ["BACKUP_CADENCES", "daily,hourly"],
      ["BACKUP_CADENCES", "Weekley"],
      ["BACKUP_CADENCES", "daily,,"],
      ["DATOCMS_CMA_BASE_URL", "not-an-address"],
    ] as const)
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
  });
}

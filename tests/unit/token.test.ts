import { describe, expect, test } from "vitest";
import { resolveApiToken } from "../../services/backupService.ts";
import type { Variables } from "../../utils/config.ts";

const PREFERRED = "DATOCMS_FULLACCESS_API_TOKEN";
const LEGACY = "DATOCMS_FULLACCESS_TOKEN";
const ONE = "token-of-project-one";
const TWO = "token-of-project-two";

describe("the API token", () => {
  test.each<[string, Variables, string | undefined, string]>([
    ["is the preferred variable's", { [PREFERRED]: ONE }, undefined, ONE],
    ["is the legacy variable's where that is the only one", { [LEGACY]: TWO }, undefined, TWO],
    ["is the preferred one of both", { [PREFERRED]: ONE, [LEGACY]: TWO }, undefined, ONE],
    ["is the explicit one before both", { [PREFERRED]: TWO, [LEGACY]: TWO }, ONE, ONE],
    ["is taken without the white space around it", { [PREFERRED]: ` \t${ONE}\r\n` }, undefined, ONE],
    ["is taken so when explicit", {}, ` ${ONE} `, ONE],
    ["is the next where one is empty", { [PREFERRED]: "", [LEGACY]: TWO }, undefined, TWO],
    ["is the next where one is blank", { [PREFERRED]: "  \n", [LEGACY]: TWO }, " ", TWO],
    [
      "is the next where one is a template's text",
      { [PREFERRED]: "your-api-token", [LEGACY]: TWO },
      undefined,
      TWO,
    ],
    ["is the variable's where the explicit one is a template's text", { [PREFERRED]: ONE }, "<token>", ONE],
    ["is the next where one is no text", { [PREFERRED]: { get: () => ONE }, [LEGACY]: TWO }, undefined, TWO],
  ])("%s", (_, variables, explicit, token) => {
    expect(resolveApiToken(variables, explicit)).toBe(token);
  });

  test.each<[string, Variables]>([
    ["nothing is set", {}],
    ["everything is blank", { [PREFERRED]: "", [LEGACY]: "   " }],
    ["only templates' texts are set", { [PREFERRED]: "YOUR_API_TOKEN", [LEGACY]: "changeme" }],
    ["only other variables are set", { DATOCMS_API_TOKEN: ONE, datocms_fullaccess_api_token: ONE }],
  ])("is missing when %s, and the error says what to configure", (_, variables) => {
    expect(() => resolveApiToken(variables)).toThrowError(
      expect.objectContaining({
        name: "ServiceError",
        code: "MISSING_API_TOKEN",
        status: 500,
        message: expect.stringMatching(new RegExp(`^Missing API token\\. Configure ${PREFERRED}`)),
      }),
    );
  });
});

import { describe, expect, test } from "vitest";
import { resolveApiToken } from "../../services/backupService.ts";
import type { Variables } from "../../utils/config.ts";
import type { Result } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";

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
  ])("%s", (_, variables, explicit, token) => {
    expect(resolveApiToken(variables, explicit)).toEqual({ ok: true, value: token });
  });

  test.each<[string, Variables]>([
    ["nothing is set", {}],
    ["everything is blank", { [PREFERRED]: "", [LEGACY]: "   " }],
    ["only templates' texts are set", { [PREFERRED]: "YOUR_API_TOKEN", [LEGACY]: "changeme" }],
    ["only other variables are set", { DATOCMS_API_TOKEN: ONE, datocms_fullaccess_api_token: ONE }],
  ])("is missing when %s, and the error says what to configure", (_, variables) => {
    expect(refusalOf(resolveApiToken(variables))).toMatchObject({
      cause: "MISSING_API_TOKEN",
      sentence: expect.stringMatching(new RegExp(`^Missing API token\\. Configure ${PREFERRED}`)),
    });
  });

  test.each<[string, unknown, RegExp]>([
    ["an invisible character", `${ONE}\u200b`, /U\+200B \(character 21\)/],
    ["a byte order mark in it", `token\ufeff-of-project-one`, /U\+FEFF \(character 6\)/],
    ["a character above U+00FF", "token-of-project-оne", /U\+043E/],
    ["a character above U+007F", "token-of-projéct-one", /U\+00E9/],
    ["a sign of two code units", `${ONE}\u{1f511}`, /U\+1F511/],
    ["a line break", "token-of-\nproject-one", /U\+000A/],
    ["two lines", `${ONE}\n${TWO}`, /U\+000A/],
    ["a space", "token of project one", /U\+0020/],
    ["a no-break space", "token\u00a0of", /U\+00A0/],
    ["half a pair of quotes", `"${ONE}`, /begins with a quote/],
    ["a number", 1234567890, /is a number, not text/],
    ["nothing but an object", { get: () => ONE }, /is an object, not text/],
  ])("with %s is a wrong setting, told by name, and what it holds is not", (_, value, reason) => {
    for (const [name, beside] of [
      [PREFERRED, {}],
      [LEGACY, {}],
      [LEGACY, { [PREFERRED]: " " }],
    ] as const) {
      const refusal = refusalOf(resolveApiToken({ ...beside, [name]: value }));
      expect(refusal).toMatchObject({
        cause: "INVALID_CONFIGURATION",
        sentence: expect.stringMatching(reason),
        facts: { variable: name, expected: expect.stringMatching(/\S/) },
      });
      expect(refusal.sentence).toMatch(new RegExp(`^${name} `));
      expect(refusal.sentence).not.toMatch(/token-of|project|12345/);
    }
  });

  test("that is wrong is not passed over for the legacy one: it may be another project's", () => {
    for (const wrong of [`${ONE}\u200b`, { get: () => ONE }])
      expect(refusalOf(resolveApiToken({ [PREFERRED]: wrong, [LEGACY]: TWO })).sentence).toContain(PREFERRED);
    expect(refusalOf(resolveApiToken({}, `${ONE}\u200b`)).sentence).toContain("U+200B");
  });

  test("is taken without quotes and without a comment behind it", () => {
    expect(resolveApiToken({ [PREFERRED]: `"${ONE}" # of project one` })).toEqual({ ok: true, value: ONE });
    expect(resolveApiToken({ [PREFERRED]: `${ONE} # of project one` })).toEqual({ ok: true, value: ONE });
  });
});

function refusalOf(result: Result<string, Refusal>): Refusal {
  if (result.ok) throw new Error("It was not refused");
  return result.failure;
}

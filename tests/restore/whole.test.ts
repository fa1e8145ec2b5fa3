import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { avoidable } from "./irreparable.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** A sandbox that was damaged is made what it was, whole: judged by what lies in the emulator. */

/** What no API call can bring back, and as which code it is told. */
const LASTING: Partial<Record<DamageName, { readonly paths: RegExp; readonly codes: readonly string[] }>> = {
  // Ids of digits are refused by the emulator's default; nobody knows what DatoCMS does.
  legacyDeleted: { paths: /^$/, codes: ["VALIDATION_FORMAT"] },
  legacyModelDeleted: { paths: /^$/, codes: ["VALIDATION_FORMAT", "VALIDATION_INVALID", "NOT_EQUAL"] },
  slugSourceDeleted: { paths: /^$/, codes: ["VALIDATION_FORMAT", "NOT_EQUAL"] },
  // The archived favicon is an upload that was gone already.
  settingsEdited: { paths: /^$/, codes: ["VALIDATION_INVALID"] },
  // The locale takes along what a record had in it before it came.
  localeAdded: { paths: new RegExp(`^records/${nastyIds.oldLocales}/\\w+/title/de$`), codes: [] },
  // Falls short: the record is refused for its locale, though these fields have none.
  fieldDeleted: { paths: new RegExp(`^records/${nastyIds.oldLocales}/\\w+/kicker$`), codes: [] },
  fieldKeyTaken: { paths: new RegExp(`^records/${nastyIds.oldLocales}/\\w+/kicker$`), codes: [] },
  // Falls short: records are written again, though a field takes its values along when it gets its old key.
  fieldRenamed: { paths: new RegExp(`^records/${nastyIds.text}/\\w+/body/`), codes: [] },
  creatorChanged: { paths: /\/creator$/, codes: [] },
  // Plugins come back only where somebody asks for them by name.
  pluginDeleted: { paths: /^plugins\//, codes: [] },
  pluginEdited: { paths: /^plugins\//, codes: [] },
  everythingElseCreated: { paths: /^plugins\//, codes: [] },
};

/** A record of a locale that the project has no more, and one with a link to what was never there. */
const BROKEN = new Set<string>([nastyIds.oldLocales, nastyIds.text]);
const BROKEN_CODES = ["INVALID_LOCALES", "DANGLING_LINK"];

function lasting(name: string): (typeof LASTING)[DamageName] {
  return Object.entries(LASTING).find(([each]) => each === name)?.[1];
}

describe.each(Object.entries(damages))("%s", (name, { does, inflict }) => {
  it(`is put right in a sandbox: ${does}`, async () => {
    const site = nastySite();
    const { service, archive, request } = await restoresOf(site);
    const { restored, before } = await site.clock.run(async () => {
      await archive("main");
      await site.client.environments.fork("main", { id: "sandbox" }, { immediate_return: true });
      await site.clock.sleep(60_000);
      const before = site.state("sandbox");
      await inflict(site.editor("sandbox"));
      return { restored: valueFrom(await service.apply(request({}))), before };
    });
    const { paths = /^$/, codes = [] } = lasting(name) ?? {};
    const differences = avoidable(name, differencesOf(before, site.state("sandbox"))).filter(
      ({ path }) => !paths.test(path),
    );
    expect(differences).toEqual([]);
    const refused = restored.refused.filter(
      ({ id, code }) => !codes.includes(code) && !(BROKEN.has(id) && BROKEN_CODES.includes(code)),
    );
    expect(refused).toEqual([]);
  }, 60_000);
});

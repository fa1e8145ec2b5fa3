import { describe, expect, test } from "vitest";
import type { Kind } from "../../utils/settings/kinds.ts";
import { readSetting, settingOf } from "../../utils/settings/read.ts";
import { namesOf, SETTING_NAMES, SETTINGS } from "../../utils/settings/table.ts";
import { sourceFiles, textOfSource } from "./sourceFiles.ts";

describe("each row of the settings table", () => {
  test.each(namesOf(SETTINGS))("%s: unset is its default, and its default is read", (name) => {
    const { byDefault }: Kind = SETTINGS[name];
    for (const blank of [undefined, "", " ", '""'])
      expect(readSetting({ [name]: blank }, name).kind).toBe(byDefault === undefined ? "unset" : "read");
    expect(settingOf({ [name]: byDefault }, name)).toEqual(settingOf({}, name));
  });

  test.each(namesOf(SETTINGS))(
    "%s: what nobody can read is refused, and never shown where it is secret",
    (name) => {
      const { secret }: Kind = SETTINGS[name];
      expect(readSetting({ [name]: { hidden: "text" } }, name)).toEqual({
        kind: "refused",
        is: "is an object, not text",
      });
      const reading = readSetting({ [name]: "\u200bhidden\u0007" }, name);
      expect(reading.kind).toBe("refused");
      if (secret) expect(reading).toEqual({ kind: "refused", is: undefined });
    },
  );
});

describe("a setting is read by its row only", () => {
  const FOLDERS = ["api", "vercel", "netlify", "cloudflare", "node", "handlers", "services", "utils"];
  const files = sourceFiles(FOLDERS).map((file) => ({ ...file, text: textOfSource(file.path) }));

  test("few files look at a variable's text themselves", () => {
    const readers = files.filter(({ imports }) =>
      imports.some(
        ({ target, text }) =>
          /utils\/(?:variables|config)\.ts$/.test(target) && /\b(?:find|variable)\b[^.]*from/.test(text),
      ),
    );
    expect(readers.map(({ path }) => path).toSorted()).toEqual([
      "handlers/notify.ts",
      "services/stores/settings.ts",
      "services/token.ts",
      "utils/auth.ts",
      "utils/config.ts",
      "utils/settings/read.ts",
      "utils/unknownSettings.ts",
    ]);
  });

  test("every variable that is named in the code is a row", () => {
    const named = files.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:variables|env)(?:\.|\[")([A-Z][A-Z_]+)/g)].map(([, name = ""]) => ({
        path,
        name,
      })),
    );
    expect(named.filter(({ name }) => !SETTING_NAMES.includes(name))).toEqual([]);
  });
});

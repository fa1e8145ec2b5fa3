import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WRONG_VERSIONS } from "../../scripts/mutants/wrongVersions.ts";

test.each(WRONG_VERSIONS.map((version) => [version.name, version] as const))(
  "the place of the mistake is there, once: %s",
  (_, { file, find, test: judge }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(text.split(find)).toHaveLength(2);
    if (judge !== undefined)
      expect(readFileSync(new URL(`../../${judge}`, import.meta.url), "utf8")).not.toBe("");
  },
);

import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readServerSettings, startupErrors, startupWarnings } from "../../node/settings.ts";
import { readKeepRules } from "../../services/archive/retention/settings.ts";
import {
  readArchiveCadences,
  readArchiveSettings,
  readSamplePercent,
} from "../../services/archive/settings.ts";
import { readStoreSettings } from "../../services/stores/settings.ts";
import { readAlerts } from "../../utils/alertSettings.ts";
import { readAccess, secretsIn } from "../../utils/auth.ts";
import { readConfig } from "../../utils/config.ts";
import { SETTING_NAMES } from "../../utils/settings/table.ts";
import { textOf } from "./support.ts";

const EXAMPLE = textOf(".env.example");

describe("the rows of the settings table", () => {
  it("stand in .env.example, and nothing else does", () => {
    const listed = [...EXAMPLE.matchAll(/^(?:# )?([A-Z][A-Z\d_]+)=/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  it("stand in the table of docs/settings.md, and nothing else does", () => {
    const section = textOf("docs/settings.md").split("<!-- settings:")[1]?.split("<!-- /settings")[0] ?? "";
    const listed = [...section.matchAll(/^\| `([A-Z\d_]+)` \|/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  it("are those that the code reads", () => {
    expect(readByTheCode()).toEqual(SETTING_NAMES.toSorted());
  });
});

describe(".env.example", () => {
  it("sets nothing as it stands, so a copy of it holds no usable secret", () => {
    expect(Object.values(parseEnv(EXAMPLE)).filter((value) => value !== "")).toEqual([]);
    expect(readAccess(parseEnv(EXAMPLE))).toEqual({ kind: "open" });
  });

  it("shows the real defaults in its optional lines", () => {
    const uncommented = parseEnv(EXAMPLE.replace(/^# (?=[A-Z][A-Z\d_]+=)/gm, ""));
    const { DATOCMS_CMA_BASE_URL, ...others } = uncommented;
    expect(DATOCMS_CMA_BASE_URL).toMatch(/^http:/);
    expect(readConfig(others)).toEqual(readConfig({}));
    expect(readServerSettings(others)).toEqual(readServerSettings({}));
    expect(readAlerts(others)).toEqual(readAlerts({}));
  });

  it("explains every variable in a line above it, or above its group", () => {
    const groups = EXAMPLE.trim().split("\n\n").slice(1);
    for (const group of groups) expect(group).toMatch(/^# [A-Z][^\n]+\.\n((# )?[A-Z\d_]+=[^\n]*\n?)+$/);
  });
});

/** Lets every reader read from a record that notes what it is asked for. */
function readByTheCode(): string[] {
  const names = new Set<string>();
  const variables = new Proxy<Record<string, unknown>>(
    {},
    {
      get(_target, name) {
        if (typeof name === "string") names.add(name);
        return name === "BACKUP_STORE" ? "s3://bucket" : undefined;
      },
    },
  );
  readServerSettings(variables);
  startupErrors(variables);
  startupWarnings(variables);
  secretsIn(variables);
  readAlerts(variables);
  readStoreSettings(variables, ".");
  readArchiveSettings(variables);
  readSamplePercent(variables);
  readArchiveCadences(variables);
  readKeepRules(variables);
  // No setting yet: only refused.
  names.delete("BACKUP_ARCHIVE_RECIPIENTS");
  return [...names].toSorted();
}

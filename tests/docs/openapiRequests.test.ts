import { describe, expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import { createLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { mismatches } from "../contract/described.ts";
import {
  BACKUP_NOW,
  backupNowBody,
  DAILY,
  DISCONNECT,
  disconnectBody,
  HEALTH,
  healthBody,
  STATUS,
  statusBody,
} from "../contract/wire.ts";

const logger = createLogger({ write: () => {}, now: Date.now });
/** Without a token: what gets beyond its body ends there, or has been answered. */
const runtime = nodeRuntime(
  { variables: {}, logger, fetch: () => Promise.reject(new Error("No calls")) },
  "http",
);

async function isTaken(path: string, body: unknown): Promise<boolean> {
  const request = new Request(`http://localhost${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { status } = await createApp().fetch(request, runtime);
  return status !== 400;
}

/** A body with a member deep inside replaced; undefined takes it away. */
function withMember(body: object, path: string, value: unknown): object {
  const [first = "", ...rest] = path.split(".");
  const inner: unknown = Object.entries(body).find(([name]) => name === first)?.[1];
  const isInside = rest.length > 0 && typeof inner === "object" && inner !== null;
  return { ...body, [first]: isInside ? withMember(inner, rest.join("."), value) : value };
}

const VALUES = [
  undefined,
  null,
  "",
  " ",
  "another",
  1,
  true,
  [],
  {},
  "config_mount",
  "main",
  "2026-02-26",
  "weekly",
];

const PLUGIN = [
  "event_type",
  "mpi",
  "mpi.message",
  "mpi.version",
  "plugin",
  "plugin.name",
  "plugin.environment",
];

describe("a body is as its schema has it exactly where the service takes it:", () => {
  const cases = [
    [
      "HealthRequest",
      HEALTH,
      healthBody,
      [...PLUGIN, "mpi.phase", "unknown", "mpi.unknown", "plugin.unknown"],
    ],
    ["StatusRequest", STATUS, statusBody, [...PLUGIN, "mpi.phase"]],
    ["DisconnectRequest", DISCONNECT, disconnectBody, PLUGIN],
    [
      "BackupNowRequest",
      BACKUP_NOW,
      backupNowBody("monthly"),
      ["event_type", "slot", "slot.scope", "slot.unknown"],
    ],
    ["BackupNowRequest", BACKUP_NOW, {}, ["scope", "unknown"]],
    ["RunRequest", DAILY, {}, ["unknown"]],
  ] as const;
  test.each(cases)("%s at %s", async (name, path, body, members) => {
    const pointer = `#/components/schemas/${name}`;
    const bodies = members.flatMap((member) => VALUES.map((value) => withMember(body, member, value)));
    const verdicts = { taken: 0, refused: 0 };
    for (const each of [body, ...bodies, [], "text", 1, null]) {
      // As it arrives: what is undefined is not sent.
      const sent: unknown = JSON.parse(JSON.stringify(each));
      const taken = await isTaken(path, sent);
      verdicts[taken ? "taken" : "refused"] += 1;
      expect({ sent, taken }).toEqual({ sent, taken: mismatches(pointer, sent).length === 0 });
    }
    expect(verdicts.taken).toBeGreaterThan(1);
    expect(verdicts.refused).toBeGreaterThan(3);
  });
});

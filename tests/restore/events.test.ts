import { describe, expect, it } from "vitest";
import { firedEvents } from "../../services/archive/restore/events.ts";
import type { Json } from "../../utils/json.ts";

/** Which webhooks hear of a restore. */

const plan = {
  schema: { create: [{ kind: "model", id: "m2", name: "New" }], change: [], delete: [] },
  records: [
    { id: "r1", model: "m1", do: "create", title: "One", hash: "" },
    { id: "r2", model: "m1", do: "change", title: "Two", hash: "" },
    { id: "r3", model: "m2", do: "delete", title: "Three", hash: "" },
  ],
  uploads: { create: ["u1", "u2"], change: [], delete: ["u3"] },
} as const;

const main = { id: "main", isPrimary: true };

function webhook(events: Json, enabled = true) {
  return { id: "w1", type: "webhook", attributes: { name: "Hook", enabled, events } };
}

function heard(events: Json, into = main, enabled = true): number {
  return firedEvents(plan, [webhook(events, enabled)], into).total;
}

const of = (entity_type: string, event_types: string[], ...filters: Json[]): Json => [
  { entity_type, event_types, filters },
];

describe("a webhook hears of", () => {
  it("each kind of event that it listens to", () => {
    expect(heard(of("item", ["create"]))).toBe(1);
    expect(heard(of("item", ["create", "publish"]))).toBe(3);
    expect(heard(of("item", ["delete", "unpublish"]))).toBe(2);
    expect(heard(of("upload", ["create", "delete"]))).toBe(3);
    expect(heard(of("item_type", ["create"]))).toBe(1);
    expect(heard([{ entity_type: "item", event_types: ["create"], filters: null }])).toBe(1);
  });

  it("what its filters let through: all of them have to fit", () => {
    const model = { entity_type: "item_type", entity_ids: ["m2"] };
    expect(heard(of("item", ["create", "update", "delete"], model))).toBe(1);
    const record = { entity_type: "item", entity_ids: ["r1", "r3"] };
    expect(heard(of("item", ["create", "update", "delete"], record))).toBe(2);
    expect(heard(of("item", ["create", "update", "delete"], record, model))).toBe(1);
  });

  it("the environments that it listens to", () => {
    const named = of("item", ["create"], { entity_type: "environment", entity_ids: ["main"] });
    const primary = of("item", ["create"], { entity_type: "environment_type", entity_ids: ["primary"] });
    const back = { id: "back", isPrimary: false };
    expect([heard(named), heard(primary)]).toEqual([1, 1]);
    expect([heard(named, back), heard(primary, back)]).toEqual([0, 0]);
  });

  it("nothing while it is switched off, or cannot be read", () => {
    expect(heard(of("item", ["create"]), main, false)).toBe(0);
    expect(heard("?")).toBe(0);
  });
});

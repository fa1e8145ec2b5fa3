import * as z from "zod";
import * as alerts from "./alerts.ts";
import * as copies from "./copies.ts";
import * as errors from "./errors.ts";
import * as jobs from "./jobs.ts";
import * as looks from "./looks.ts";
import * as plugin from "./plugin.ts";
import * as words from "./words.ts";

const { AlertsSent, Deliveries } = alerts;
const { partialFailure: _, ...failures } = errors;
const { facts: __, done: ___, ...ofCopies } = copies;
const { CopyId, CopyName, Coverage, Instant, Line, PluginSchedule, Scheduler } = words;

/** Every schema that has a name in the document. */
export const SCHEMAS = {
  Instant,
  CopyName,
  CopyId,
  Coverage,
  Line,
  PluginSchedule,
  Scheduler,
  AlertsSent,
  Deliveries,
  ...ofCopies,
  ...plugin,
  ...jobs,
  ...looks,
  ...failures,
};

export type SchemaName = keyof typeof SCHEMAS;

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Where the document has a schema. */
export function referenceTo(name: SchemaName): string {
  return `#/components/schemas/${name}`;
}

/** All of them as JSON Schema, in alphabetical order. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  const named = Object.entries(schemas).map(
    ([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const,
  );
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The bounds of a double, and a pattern of many lines beside a format that says the same, help nobody. */
function tidy(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if ((schema.pattern?.length ?? 0) > 100) delete schema.pattern;
}

import { readdirSync } from "node:fs";
import * as z from "zod";
import type { Docs } from "../handlers/schemas/docs.ts";

const FOLDER = new URL("../handlers/", import.meta.url);

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The address of a schema in the document. */
export function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Everything that the files beside the handlers say: their routes' words, and the parts of schemas that have names. */
export async function readDocs(): Promise<{ docs: Docs; schemas: Map<string, z.ZodType> }> {
  const files = ["", "schemas/"].flatMap((folder) =>
    readdirSync(new URL(folder, FOLDER))
      .filter((file) => (folder === "" ? file.endsWith(".docs.ts") : file.endsWith(".ts")))
      .map((file) => folder + file),
  );
  const all: readonly unknown[] = await Promise.all(files.map((file) => import(new URL(file, FOLDER).href)));
  const exported = all.flatMap((each) => Object.entries(each ?? {}));
  const docs = exported.flatMap(([name, value]) => (name === "docs" && isDocs(value) ? [value] : []));
  // A schema with a small initial is a part of others and has no name in the document.
  const named = exported.flatMap(([name, value]): [string, z.ZodType][] =>
    /^[A-Z]/.test(name) && value instanceof z.ZodType ? [[name, value]] : [],
  );
  return { docs: Object.assign({}, ...docs), schemas: new Map(named) };
}

/** These schemas as JSON Schema, in alphabetical order. */
export function jsonSchemas(named: ReadonlyMap<string, z.ZodType>): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: referenceTo,
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  const plain = Object.entries(schemas).map(
    ([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const,
  );
  return Object.fromEntries(plain.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The bounds of a double, and a pattern of many lines beside a format that says the same, help nobody. */
function tidy(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if ((schema.pattern?.length ?? 0) > 100) delete schema.pattern;
}

function isDocs(value: unknown): value is Docs {
  return Object.keys(value ?? {}).every((path) => path.startsWith("/"));
}

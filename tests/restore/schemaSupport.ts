import { readDocuments } from "../../services/archive/restore/schema/documents.ts";
import { KINDS, type Kind } from "../../services/archive/restore/schema/kinds.ts";
import type { SchemaPlan } from "../../services/archive/restore/schema/plan.ts";
import type { SchemaWishes } from "../../services/archive/restore/schema/wishes.ts";
import type { Documents, Mode } from "../../services/archive/restore/words.ts";
import { createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { type ContentReader, createContentReader } from "../../services/sources/datocms/contentReader.ts";
import { type ContentWrites, createContentWrites } from "../../services/sources/datocms/contentWrites.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import { TOKEN, type World } from "../emulator/support.ts";

/** The API as a restore sees one environment. */
export interface Access {
  readonly reader: ContentReader;
  readonly writes: ContentWrites;
}

export function access({ clock, emulator }: World, environment = "main"): Access {
  const options = {
    token: TOKEN,
    baseUrl: undefined,
    environment,
    fetch: emulator.fetch,
    clock,
    pacing: createPacing(clock, 10_000),
  };
  return {
    reader: createContentReader(createContentApi(options), environment),
    writes: createContentWrites(options),
  };
}

/** An environment's schema as it is now. */
export async function documentsOf(world: World, environment = "main"): Promise<Documents> {
  const read = await world.clock.run(() => readDocuments(access(world, environment).reader, true));
  if (!read.ok) throw new Error(read.failure.sentence);
  return read.value;
}

/** Everything but plugins, unless something else is given. */
export function wishes(mode: Mode, given: Partial<SchemaWishes> = {}): SchemaWishes {
  return { mode, kinds: KINDS.filter((kind) => kind !== "plugin"), ...given };
}

/** A plan in short: `create field title`, `change model article: name`. */
export function short(plan: SchemaPlan): string[] {
  const line = (what: string) => (entity: { kind: string; name: string; members?: readonly string[] }) =>
    `${what} ${entity.kind} ${entity.name}${entity.members ? `: ${entity.members.join(", ")}` : ""}`;
  return [
    ...plan.create.map(line("create")),
    ...plan.change.map(line("change")),
    ...plan.extend.map(line("extend")),
    ...plan.delete.map(line("delete")),
    ...plan.refused.map(({ what, code }) => `refuse ${what}: ${code}`),
  ];
}

/** The ids of things by what people call them: `field title`, `model article`. */
export function idOf(documents: Documents, kind: Kind, apiKey: string): string {
  for (const list of documents.values())
    for (const { id, type, attributes } of list)
      if (type === (kind === "model" ? "item_type" : kind))
        if ([attributes.api_key, attributes.label, attributes.name, attributes.title].includes(apiKey))
          return id;
  throw new Error(`There is no ${kind} ${apiKey}`);
}

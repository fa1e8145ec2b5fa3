import { readDocuments } from "../../services/archive/restore/schema/documents.ts";
import { KINDS, type Kind } from "../../services/archive/restore/schema/kinds.ts";
import type { SchemaPlan } from "../../services/archive/restore/schema/plan.ts";
import {
  restoreSchemaAfter,
  restoreSchemaBefore,
  type SchemaRestore,
} from "../../services/archive/restore/schema/restoreSchema.ts";
import type { SchemaWishes } from "../../services/archive/restore/schema/wishes.ts";
import type { Documents, Journal, JournalEntry, Mode } from "../../services/archive/restore/words.ts";
import { createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { type ContentReader, createContentReader } from "../../services/sources/datocms/contentReader.ts";
import {
  type ContentWrites,
  createContentWrites,
  type Written,
} from "../../services/sources/datocms/contentWrites.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import { succeeded, unavailable } from "../../utils/failures.ts";
import { TOKEN, type World } from "../emulator/support.ts";
import { differencesOf } from "./differences.ts";
import type { EnvironmentState } from "./judge.ts";

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

/**
 * An environment's schema as it is now.
 *
 * @param withProject whether what belongs to the project is read too
 */
export async function documentsOf(world: World, withProject = false): Promise<Documents> {
  const read = await world.clock.run(() => readDocuments(access(world).reader, withProject));
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

/** A run's journal, in memory. */
export function memoryJournal(): Journal & { readonly entries: JournalEntry[] } {
  const entries: JournalEntry[] = [];
  return {
    entries,
    async note(fresh) {
      for (const entry of fresh)
        if (!entries.some(({ what, id }) => what === entry.what && id === entry.id)) entries.push(entry);
      return succeeded(undefined);
    },
  };
}

export interface Restoring {
  readonly desired: Documents;
  readonly wishes: SchemaWishes;
  readonly plan: SchemaPlan;
  readonly writes?: ContentWrites;
  readonly journal?: Journal;
  readonly earlier?: readonly JournalEntry[];
  readonly environment?: string;
}

/** Both phases; the second only once the first has not failed. */
export async function restored(world: World, { environment, ...given }: Restoring) {
  const restore: SchemaRestore = {
    ...access(world, environment),
    journal: memoryJournal(),
    clock: world.clock,
    ...given,
  };
  return world.clock.run(async () => {
    const before = await restoreSchemaBefore(restore);
    return before.ok ? restoreSchemaAfter(restore) : before;
  });
}

/** What differs of the schema between two states: neither records nor uploads. */
export function schemaDifferences(before: EnvironmentState, after: EnvironmentState): string[] {
  const schemaOf = ({ orders, ...state }: EnvironmentState): EnvironmentState => ({
    ...state,
    records: {},
    uploads: {},
    orders: Object.fromEntries(Object.entries(orders).filter(([among]) => !among.startsWith("records"))),
  });
  return differencesOf(schemaOf(before), schemaOf(after)).map(
    (each) => `${each.path} (${each.of}): ${each.before} → ${each.after}`,
  );
}

/** Dies at a request: before it is sent, or once DatoCMS has carried it out. */
export function dyingAt(writes: ContentWrites, call: number, isSent: boolean): ContentWrites {
  let calls = 0;
  const dead: Written = { kind: "stopped", failure: unavailable() };
  return {
    ...writes,
    async send(...request) {
      calls += 1;
      if (calls < call) return writes.send(...request);
      if (calls === call && isSent) await writes.send(...request);
      return dead;
    },
  };
}

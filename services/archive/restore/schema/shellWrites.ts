import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import { isJsonObject, isSameJson, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity, JournalEntry, Refused, RestoreFailure } from "../words.ts";
import type { SchemaEffects } from "./converge.ts";
import { readDocuments } from "./documents.ts";
import { isRedacted } from "./form.ts";
import { picked } from "./requests.ts";
import { isCreatable, missingShell, SHELL, type ShellThing } from "./shell.ts";

interface WrittenShell {
  readonly written: readonly string[];
  readonly refused: readonly Refused[];
}

/**
 * Creates webhooks and build triggers that the project lacks: disabled, and without headers and passwords. DatoCMS gives
 * them ids of its own, so they are looked for by name before each is created.
 *
 * @param planned only these
 */
export async function createShell(
  { desired, ...effects }: SchemaEffects & { readonly desired: Documents },
  planned: readonly Entity[],
): Promise<Result<WrittenShell, RestoreFailure>> {
  const written: string[] = [];
  const refused: Refused[] = [];
  const read = await readDocuments(effects.reader, true);
  if (!read.ok) return read;
  for (const thing of missingShell(desired, read.value)) {
    const { kind, resource } = thing;
    if (!planned.some((each) => each.kind === kind && each.id === resource.id)) continue;
    const attributes = attributesOf(thing);
    if (attributes === undefined) {
      refused.push(refusal(thing, "REDACTED", "the archive hides where it leads"));
      continue;
    }
    // Its own id is not known before: undo finds it by its name, as `createShell` does.
    const noted = await effects.journal.note([{ what: kind, id: resource.id, before: null }]);
    if (!noted.ok) return noted;
    const body = { data: { type: kind, attributes } };
    const answer = await effects.writes.send("POST", PATHS[kind] ?? "", body);
    if (answer.kind === "stopped" || answer.kind === "unclear") return failed(answer.failure);
    if (answer.kind === "done") written.push(`${kind} ${resource.id}`);
    else {
      const [error] = answer.errors;
      refused.push(refusal(thing, error?.fieldCode ?? error?.code ?? "REFUSED", "DatoCMS refuses it"));
    }
  }
  return succeeded({ written, refused });
}

/**
 * Deletes the webhooks and build triggers that a restore created, as long as they are what it made of them.
 *
 * @param entries of the restore's journal; those that are of nothing else are passed over
 * @param desired what the restore had wanted
 */
export async function undoShell(
  { reader, writes }: Pick<SchemaEffects, "reader" | "writes">,
  entries: readonly JournalEntry[],
  desired: Documents,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  const created = entries.flatMap(({ what, id, before }): ShellThing[] => {
    const isOurs = isCreatable(what) && before === null;
    const resource = isOurs ? desired.get(SHELL[what])?.find((each) => each.id === id) : undefined;
    return isOurs && resource !== undefined ? [{ kind: what, resource }] : [];
  });
  if (created.length === 0) return succeeded([]);
  const read = await readDocuments(reader, true);
  if (!read.ok) return read;
  const refused: Refused[] = [];
  for (const thing of created) {
    const { kind, resource } = thing;
    const { name = null } = resource.attributes;
    const found = read.value.get(SHELL[kind])?.find(({ attributes }) => attributes.name === name);
    if (found === undefined) continue;
    if (!isAsMade(thing, found)) {
      refused.push(changedSince(thing));
      continue;
    }
    const answer = await writes.send("DELETE", `${PATHS[kind]}/${encodeURIComponent(found.id)}`);
    if (answer.kind === "stopped" || answer.kind === "unclear") return failed(answer.failure);
    const [error] = answer.kind === "refused" ? answer.errors : [];
    if (error !== undefined && error.code !== "NOT_FOUND")
      refused.push({
        ...changedSince(thing),
        code: error.code,
        sentence: `DatoCMS keeps it (${error.code}).`,
      });
  }
  return succeeded(refused);
}

/** Somebody who has turned it on, or given it an address, needs it. */
function isAsMade(thing: ShellThing, { attributes }: Resource): boolean {
  const made = attributesOf(thing) ?? {};
  return Object.entries(made).every(([member, value]) => isSameJson(attributes[member] ?? null, value));
}

function changedSince({ kind, resource: { id, attributes } }: ShellThing): Refused {
  const sentence = `The ${kind.replace("_", " ")} ${String(attributes.name)} was changed since the restore, so it stays.`;
  return { what: kind, id, code: "CHANGED_SINCE", sentence };
}

const PATHS: Readonly<Record<string, string>> = { webhook: "/webhooks", build_trigger: "/build-triggers" };

/** Undefined where what it cannot do without is hidden. */
function attributesOf({ kind, resource }: ShellThing): JsonObject | undefined {
  if (kind === "build_trigger") {
    if (isRedacted(resource.attributes.adapter_settings ?? null)) return undefined;
    return { ...picked(resource, OF_TRIGGERS), enabled: false };
  }
  const { url } = resource.attributes;
  const address = isJsonObject(url) && !isRedacted(url.url ?? null) ? url.url : url;
  if (typeof address !== "string") return undefined;
  return { ...picked(resource, OF_WEBHOOKS), url: address, headers: {}, enabled: false };
}

const OF_WEBHOOKS = [
  "name",
  "custom_payload",
  "events",
  "payload_api_version",
  "nested_items_in_payload",
  "auto_retry",
];
const OF_TRIGGERS = [
  "name",
  "adapter",
  "adapter_settings",
  "indexing_enabled",
  "frontend_url",
  "autotrigger_on_scheduled_publications",
];

function refusal({ kind, resource }: ShellThing, code: string, because: string): Refused {
  const what = `${kind.replace("_", " ")} ${String(resource.attributes.name)}`;
  return {
    what: kind,
    id: resource.id,
    code,
    sentence: `The ${what} was not created: ${because} (${code}).`,
  };
}

import * as z from "zod";
import { failed, failure, type Result, succeeded } from "../../../utils/failures.ts";
import { formatJson, isJsonObject, parsedJson } from "../../../utils/json.ts";
import { isResource } from "../../sources/datocms/resource.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";
import { redacted, redaction } from "../capture/redaction.ts";
import { gunzip, gzip } from "../compression.ts";
import { restoreTakenOver } from "./runFile.ts";
import type { Journal, JournalEntry, RestoreFailure } from "./words.ts";

/** For whoever undoes: what was is in the journal already, and stays there. */
export const SILENT: Journal = { note: async () => succeeded(undefined) };

/** Entries in one object: enough that a large restore writes few of them. */
const MOST_ENTRIES = 200;
const Head = z.object({ what: z.string(), id: z.string() });

/** The journal of a run, with what is read back of it. */
export interface KeptJournal extends Journal {
  /**
   * Each thing once: what it was before the run first changed it.
   *
   * @param isAsked which of them are handed over: those of records may be more than fit into the memory
   */
  entries(
    isAsked?: (entry: JournalEntry) => boolean,
  ): Promise<Result<readonly JournalEntry[], RestoreFailure>>;
  /** Ids of all that was noted of a kind. */
  ids(what: string): Promise<Result<readonly string[], RestoreFailure>>;
}

/** Keeps before-values in objects of lines, packed. A run that is gone on with adds to what is there. */
export function journalIn(store: Store, runId: string): KeptJournal {
  const prefix = `restores/${runId}/journal/`;
  /** What an earlier process, or this one, has noted. */
  const known = new Set<string>();
  let isRead = false;
  let last = 0;

  async function read(
    isAsked: (entry: JournalEntry) => boolean,
  ): Promise<Result<JournalEntry[], RestoreFailure>> {
    const listed = await listAll(store, prefix);
    if (!listed.ok) return listed;
    const seen = new Set<string>();
    const entries: JournalEntry[] = [];
    for (const { key } of listed.value) {
      last = Math.max(last, Number.parseInt(key.slice(prefix.length), 10));
      const stored = await store.get(key);
      if (!stored.ok) return stored;
      const plain = stored.value && gunzip(stored.value.bytes);
      if (plain === undefined) return failed(journalDamaged(runId));
      for (const line of new TextDecoder().decode(plain).split("\n")) {
        if (line === "") continue;
        const entry = entryFrom(line);
        if (entry === undefined) return failed(journalDamaged(runId));
        const name = nameOf(entry);
        if (seen.has(name)) continue;
        seen.add(name);
        if (isAsked(entry)) entries.push(entry);
      }
    }
    for (const name of seen) known.add(name);
    isRead = true;
    return succeeded(entries);
  }

  return {
    entries: (isAsked = () => true) => read(isAsked),
    async ids(what) {
      const there = isRead ? succeeded(undefined) : await read(() => false);
      if (!there.ok) return there;
      const beginning = nameOf({ what, id: "" });
      const names = [...known].filter((name) => name.startsWith(beginning));
      return succeeded(names.map((name) => name.slice(beginning.length)));
    },
    async note(entries) {
      const there = isRead ? succeeded(undefined) : await read(() => false);
      if (!there.ok) return there;
      const fresh = entries.filter((entry) => !known.has(nameOf(entry)));
      for (let at = 0; at < fresh.length; at += MOST_ENTRIES) {
        const some = fresh.slice(at, at + MOST_ENTRIES);
        const lines = some.map((entry) => `${formatJson({ ...withoutSecrets(entry) })}\n`).join("");
        last += 1;
        const key = `${prefix}${String(last).padStart(6, "0")}.ndjson.gz`;
        const put = await store.put(key, gzip(new TextEncoder().encode(lines)), { ifAbsent: true });
        if (!put.ok) return put;
        if (put.value.kind === "conflict") return failed(restoreTakenOver(runId));
        for (const entry of some) known.add(nameOf(entry));
      }
      return succeeded(undefined);
    },
  };
}

/** Whoever reads the store must not read the project's secrets: undo leaves them as they are. */
function withoutSecrets(entry: JournalEntry): JournalEntry {
  const { what, before } = entry;
  if (what === "record" || what === "upload" || !isResource(before)) return entry;
  return { ...entry, before: redacted(before, redaction(undefined)) };
}

function nameOf({ what, id }: Pick<JournalEntry, "what" | "id">): string {
  return `${what} ${id}`;
}

function entryFrom(line: string): JournalEntry | undefined {
  const document = parsedJson(line);
  const head = Head.safeParse(document).data;
  if (head === undefined || !isJsonObject(document)) return undefined;
  return { ...head, before: document.before ?? null };
}

function journalDamaged(runId: string) {
  return failure(
    "JOURNAL_DAMAGED",
    `What the restore ${runId} has noted cannot be read.`,
    "See what else has access to the store. Nothing more is changed.",
    { restore: runId },
  );
}

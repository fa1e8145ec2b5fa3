import type { Mode } from "./words.ts";

/** What of a source is restored; nothing named: everything. */
export type Scope =
  | { readonly kind: "record" | "upload"; readonly id: string }
  | { readonly kind: "model"; readonly apiKey: string }
  | { readonly kind: "schema" | "menus" | "plugins" | "filters" | "workflows" | "settings" };

const PARTS = ["schema", "menus", "plugins", "filters", "workflows", "settings"] as const;
/** DatoCMS's ids, today's and those of its first years. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const API_KEY = /^[a-z][a-z0-9_]{0,63}$/;

/** What a person may ask for, for help and for refusals. */
export const SCOPES = ["record=ID", "upload=ID", "model=API_KEY", ...PARTS] as const;

/** Reads `record=ID`, `schema`, …; undefined for anything else. */
export function scopeFrom(text: string): Scope | undefined {
  const part = PARTS.find((each) => each === text);
  if (part !== undefined) return { kind: part };
  const [, kind, name = ""] = /^(record|upload|model)=(.+)$/.exec(text) ?? [];
  if (kind === "model") return API_KEY.test(name) ? { kind, apiKey: name } : undefined;
  return (kind === "record" || kind === "upload") && ID.test(name) ? { kind, id: name } : undefined;
}

/** A scope as it is asked for. */
export function scopeText(scope: Scope): string {
  if (scope.kind === "model") return `model=${scope.apiKey}`;
  return scope.kind === "record" || scope.kind === "upload" ? `${scope.kind}=${scope.id}` : scope.kind;
}

/** What a person wants of a restore. */
export interface Wishes {
  readonly mode: Mode;
  readonly only: readonly Scope[];
  /** Records come back as drafts, whatever they were. */
  readonly isDraft: boolean;
  /** Links that DatoCMS took out of other records when one was deleted are put back. */
  readonly relinks: boolean;
  /** Webhooks and build triggers are created, disabled. */
  readonly withShell: boolean;
}

/** Whether single records and uploads are all that is asked for. */
export function isNarrow({ only }: Pick<Wishes, "only">): boolean {
  return only.length > 0 && only.every(({ kind }) => kind === "record" || kind === "upload");
}

/** The ids of the records, or uploads, that are named. */
export function idsOf({ only }: Pick<Wishes, "only">, kind: "record" | "upload"): string[] {
  return [...new Set(only.flatMap((scope) => (scope.kind === kind ? scope.id : [])))];
}

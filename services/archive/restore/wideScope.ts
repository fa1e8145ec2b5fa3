import { failed, failure, type Result, succeeded } from "../../../utils/failures.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { KINDS, type Kind } from "./schema/kinds.ts";
import type { SchemaWishes } from "./schema/wishes.ts";
import type { Scope, Wishes } from "./scope.ts";
import type { RestoreFailure } from "./words.ts";

/** What of a project is restored where more is asked for than single records. */
export interface WideScope {
  readonly kinds: readonly Kind[];
  /** By id; undefined: all. */
  readonly models: ReadonlySet<string> | undefined;
  readonly withRecords: boolean;
  readonly withUploads: boolean;
}

const KINDS_OF: Readonly<Record<Exclude<Scope["kind"], "record" | "upload">, readonly Kind[]>> = {
  schema: ["workflow", "model", "fieldset", "field", "schema_menu_item"],
  model: ["workflow", "model", "fieldset", "field", "schema_menu_item"],
  menus: ["menu_item", "schema_menu_item"],
  plugins: ["plugin"],
  filters: ["item_type_filter", "upload_filter"],
  workflows: ["workflow"],
  settings: ["site"],
};

/** What of the schema is restored with it. */
export function schemaWishesFor({ mode, withShell }: Wishes, { kinds, models }: WideScope): SchemaWishes {
  return { mode, kinds, ...(models !== undefined && { models: [...models] }), shell: withShell };
}

/** Understands what is asked for. Plugins come back only by name: what they run is not in the archive. */
export function wideScopeOf({ only }: Wishes, schema: Schema): Result<WideScope, RestoreFailure> {
  if (only.length === 0) {
    const kinds = KINDS.filter((kind) => kind !== "plugin");
    return succeeded({ kinds, models: undefined, withRecords: true, withUploads: true });
  }
  const models = new Set<string>();
  const kinds = new Set<Kind>();
  for (const scope of only) {
    if (scope.kind === "record" || scope.kind === "upload") return failed(MIXED_SCOPES);
    for (const kind of KINDS_OF[scope.kind]) kinds.add(kind);
    if (scope.kind !== "model") continue;
    const model = [...schema.models.values()].find(({ apiKey }) => apiKey === scope.apiKey);
    if (model === undefined) return failed(modelNotFound(scope.apiKey));
    models.add(model.id);
  }
  const isByModel = models.size > 0;
  if (isByModel && only.some(({ kind }) => kind !== "model")) return failed(MIXED_SCOPES);
  return succeeded({
    kinds: [...kinds],
    models: isByModel ? models : undefined,
    withRecords: isByModel,
    withUploads: false,
  });
}

const MIXED_SCOPES = failure(
  "SCOPES_MIXED",
  "Single records and uploads, models, and parts of the project cannot be restored together.",
  "Run one restore for each.",
);

function modelNotFound(apiKey: string) {
  return failure("MODEL_NOT_FOUND", `There is no model ${apiKey}.`, "Name it by its API key.", {
    model: apiKey,
  });
}

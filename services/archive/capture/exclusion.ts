import type { Model, Schema } from "../../sources/datocms/schema.ts";
import type { Warning } from "../manifest.ts";

/** Models whose records stay out of an archive because somebody asked for that. Their definitions stay in. */
export interface Exclusion {
  readonly models: readonly Model[];
  /** One for each name that leaves nothing out. */
  readonly notes: readonly Warning[];
}

/** @param apiKeys of models, as they were asked for */
export function excludedFrom(schema: Schema, apiKeys: readonly string[]): Exclusion {
  const byKey = new Map([...schema.models.values()].map((model) => [model.apiKey, model]));
  const models: Model[] = [];
  const notes: Warning[] = [];
  for (const apiKey of new Set(apiKeys)) {
    const model = byKey.get(apiKey);
    if (model === undefined)
      notes.push(note("EXCLUDED_MODEL_UNKNOWN", "The project has no such model.", apiKey));
    else if (model.isBlock)
      notes.push(
        note(
          "EXCLUDED_MODEL_IS_BLOCK",
          "Blocks are parts of the records that hold them, so they stay.",
          apiKey,
        ),
      );
    else models.push(model);
  }
  return { models, notes };
}

function note(code: string, sentence: string, apiKey: string): Warning {
  return { code, sentence: `BACKUP_ARCHIVE_EXCLUDE names ${apiKey}. ${sentence}`, name: apiKey };
}

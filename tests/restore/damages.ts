import type { Damage } from "./damage.ts";
import { blockEdits } from "./damageToBlocks.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import { additions, deletions, edits } from "./damageToRecords.ts";
import { uploadDamages } from "./damageToUploads.ts";

/** Every damage by its name. They are made for `nastyProject({ furnished: true, sortableRows: 10 })`. */
export const damages = {
  ...deletions,
  ...edits,
  ...additions,
  ...blockEdits,
  ...uploadDamages,
  ...fieldDamages,
  ...modelDamages,
  ...projectDamages,
} as const satisfies Readonly<Record<string, Damage>>;

export type DamageName = keyof typeof damages;

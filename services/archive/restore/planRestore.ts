import { failed, failure, type Result, succeeded } from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { referencesOf } from "../../sources/datocms/values.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { NO_UPLOADS, type RestorePlan, sealedPlan } from "./plan.ts";
import type { Comparing } from "./records/canonical.ts";
import { planSingleRecords } from "./records/narrowPlan.ts";
import { KINDS, type Kind } from "./schema/kinds.ts";
import { planSchema } from "./schema/plan.ts";
import type { SchemaWishes } from "./schema/wishes.ts";
import { idsOf, isNarrow, type Scope, type Wishes } from "./scope.ts";
import type { Side } from "./side.ts";
import type { Snapshot } from "./snapshot.ts";
import { comparingFor, planModels } from "./widePlan.ts";
import type { Documents, RestoreFailure } from "./words.ts";

/** A plan, and what it takes to carry it out. */
export interface PlannedRestore {
  readonly plan: RestorePlan;
  readonly comparing: Comparing;
  /** What records are to be, by id. */
  wanted(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** What they were when the plan was made. */
  seen(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** Undefined where no schema is restored. */
  readonly schema: { readonly desired: Documents; readonly wishes: SchemaWishes } | undefined;
}

import type { Failure, Result } from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { ArchiveFailure } from "../failures.ts";

/** What the parts of a restore have in common. */

/**
 * How far a restore goes: `add` creates what is missing, `overwrite` also puts back what differs, `mirror` also removes
 * what the source does not hold.
 */
export const MODES = ["add", "overwrite", "mirror"] as const;
export type Mode = (typeof MODES)[number];

/** The lists of an archive that are no records or uploads, by their paths in it: `schema/fields.json`. */
export type Documents = ReadonlyMap<string, readonly Resource[]>;

/** Something of the schema or of the project, for people and for the plan's hash. */
export interface Entity {
  /** `model`, `field`, `fieldset`, `workflow`, `plugin`, `menu_item`, … */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** Something that a person is to know before a restore, or after it. */
export interface Warning {
  /** A stable word for machines. */
  readonly code: string;
  readonly sentence: string;
  readonly id?: string;
  readonly ids?: readonly string[];
}

/** Something that was to be restored and was not. */
export interface Refused {
  /** `record`, `upload`, or the kind of an entity. */
  readonly what: string;
  readonly id: string;
  /** DatoCMS's own code where there is one (`VALIDATION_REQUIRED`), else one of ours. */
  readonly code: string;
  readonly sentence: string;
}

/** What something was before a restore changed it, so that the change can be undone. */
export interface JournalEntry {
  /** `record`, `upload`, or the kind of an entity. */
  readonly what: string;
  readonly id: string;
  /** As it was; null where it was not there. */
  readonly before: Json;
}

/** Keeps what things were. */
export interface Journal {
  /** Resolves once the entries are safely kept; nothing of them may be changed before. The first entry of a thing counts. */
  note(entries: readonly JournalEntry[]): Promise<Result<void, RestoreFailure>>;
}

/** What ends a restore before its end. */
export type RestoreFailure = ArchiveFailure | Failure<string>;

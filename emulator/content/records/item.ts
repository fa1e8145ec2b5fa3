import type { Ref } from "../entity.ts";

/** Values by the api key of their field; those of a localized field by locale below that. */
export type Values = Readonly<Record<string, unknown>>;

/** A block as it lies in the value of a rich text, single block or structured text field. */
export class Block {
  readonly id: string;
  readonly modelId: string;
  readonly values: Values;

  constructor(id: string, modelId: string, values: Values) {
    this.id = id;
    this.modelId = modelId;
    this.values = values;
  }

  with(values: Values): Block {
    return new Block(this.id, this.modelId, values);
  }
}

/** One body of a record. */
export type Version = {
  /** Digits; a later version has the greater number. */
  readonly id: string;
  /** ISO date. */
  readonly updatedAt: string;
  readonly values: Values;
};

export type Schedule = { readonly id: string; readonly at: number };

/** A publication or an unpublishing that is to come; null members: all of the record. */
export type Schedules = {
  readonly publication:
    | (Schedule & {
        readonly selective: { readonly locales: readonly string[]; readonly others: boolean } | null;
      })
    | null;
  readonly unpublishing: (Schedule & { readonly locales: readonly string[] | null }) | null;
};

/** A record: what is not versioned, and its two bodies (facts 1.5). Dates are ISO dates. */
export type Item = {
  readonly id: string;
  readonly modelId: string;
  readonly createdAt: string;
  readonly firstPublishedAt: string | null;
  readonly publishedAt: string | null;
  readonly creator: Ref | null;
  readonly stage: string | null;
  readonly parentId: string | null;
  readonly position: number | null;
  readonly current: Version;
  /** The very `current` where the status is "published". */
  readonly published: Version | null;
  readonly schedules: Schedules | null;
};

export const noSchedules: Schedules = { publication: null, unpublishing: null };

/** @returns the status as it follows from the two bodies (facts 9, item 3) */
export function statusOf({ current, published }: Item): "draft" | "updated" | "published" {
  if (published === null) return "draft";
  return published.id === current.id ? "published" : "updated";
}

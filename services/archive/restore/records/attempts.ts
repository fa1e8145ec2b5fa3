import type { ApiError, Written } from "../../../sources/datocms/contentWrites.ts";
import { canonicalHash } from "../../canonicalHash.ts";
import type { Refused } from "../words.ts";
import type { RecordStep } from "./step.ts";

/** What was tried with each record, so that nothing is tried for ever. */
export interface Attempts {
  /** A round begins. */
  begin(): void;
  /** Whether a step may be taken (again). */
  mayTry(id: string, step: RecordStep): boolean;
  note(id: string, step: RecordStep, written: Written): void;
  noteBulk(id: string, written: Written): void;
  /** Somebody else has changed the record: nothing more is tried with it. */
  noteMoved(id: string): void;
  /** These are not published, each because of a draft that it links to, in place of those that were held before. */
  hold(drafts: ReadonlyMap<string, string>): void;
  wasInBulk(id: string): boolean;
  /** Whether the record was written in this round, so that nobody knows yet what it is. */
  wasWritten(id: string): boolean;
  /** Records of this round that are to be read again. */
  touched(): string[];
  hasMoved(): boolean;
  isUnclear(): boolean;
  /** Whether nothing has come back for a while: the rest of the round would wait in vain, one request after another. */
  isSilent(): boolean;
  /** Whether a validator of its model keeps a record from what it is to be. */
  isInTheWay(id: string): boolean;
  /** Why a record is not what it is to be. */
  refusalOf(id: string): Refused;
  /** What was refused may be tried again: what stood in the way is gone. */
  forget(): void;
}

/** DatoCMS may change what it is sent, so that it never becomes equal. */
const MOST_TRIES = 3;
/** A connection that drops this often is not going to hold. */
const MOST_UNCLEAR = 6;
/** So many unclear answers one after another are no accident. */
const MOST_IN_A_ROW = 8;
/** Validators and demanded locales, which a sandbox can do without for a while, and links to what is not published yet. */
const SOFT = /^(?:VALIDATION_(?!ITEM|INVALID)\w+|MISSING_LOCALES|UNPUBLISHED_LINK|UNPUBLISHED_PARENT)$/;

/** DatoCMS's code for a version that is not the latest. */
const STALE = "STALE_ITEM_VERSION";

type Attempt = "written" | "refused" | "unclear";

export function createAttempts(): Attempts {
  const tries = new Map<string, number>();
  const errors = new Map<string, ApiError>();
  const bulk = new Set<string>();
  let ofRound = new Map<string, Attempt>();
  let held: ReadonlyMap<string, string> = new Map();
  let unclear = 0;
  let inARow = 0;

  const keyOf = (id: string, step: RecordStep) => `${id} ${hashOf(step)}`;

  function noted(id: string, written: Written): void {
    if (written.kind === "refused") {
      const [error] = written.errors;
      if (error) errors.set(id, error);
      ofRound.set(id, "refused");
    } else {
      errors.delete(id);
      ofRound.set(id, written.kind === "done" ? "written" : "unclear");
      if (written.kind === "unclear") unclear += 1;
    }
    inARow = written.kind === "unclear" ? inARow + 1 : 0;
  }

  return {
    begin() {
      ofRound = new Map();
      inARow = 0;
    },
    mayTry(id, step) {
      // Somebody else has changed it: theirs stays.
      return errors.get(id)?.code !== STALE && (tries.get(keyOf(id, step)) ?? 0) < MOST_TRIES;
    },
    note(id, step, written) {
      noted(id, written);
      // What was refused depends on others, and what is unclear was perhaps never sent.
      if (written.kind === "done") tries.set(keyOf(id, step), (tries.get(keyOf(id, step)) ?? 0) + 1);
    },
    noteBulk(id, written) {
      bulk.add(id);
      noted(id, written);
    },
    noteMoved: (id) => void errors.set(id, { code: STALE }),
    hold(drafts) {
      held = drafts;
    },
    wasInBulk: (id) => bulk.has(id),
    wasWritten: (id) => ofRound.has(id),
    touched: () => [...ofRound.keys()],
    hasMoved: () => {
      const kinds = [...ofRound.values()];
      return (
        kinds.includes("written") || (kinds.includes("unclear") && unclear < MOST_UNCLEAR * kinds.length)
      );
    },
    isUnclear: () => [...ofRound.values()].includes("unclear"),
    isSilent: () => inARow >= MOST_IN_A_ROW,
    isInTheWay(id) {
      const error = errors.get(id);
      return error !== undefined && SOFT.test(error.fieldCode ?? error.code);
    },
    refusalOf(id) {
      const error = errors.get(id);
      const what = "record";
      const draft = held.get(id);
      if (draft !== undefined) return { what, id, code: "UNPUBLISHED_LINK", sentence: heldBack(draft) };
      if (error === undefined)
        return { what, id, code: "NOT_EQUAL", sentence: "DatoCMS took the record, and shows another one." };
      if (error.code === STALE) return { what, id, code: "CHANGED_SINCE", sentence: CHANGED };
      return { what, id, code: error.fieldCode ?? error.code, sentence: sentenceOf(error) };
    },
    forget() {
      for (const [id, error] of errors) if (error.code !== STALE) errors.delete(id);
    },
  };
}

const CHANGED = "Somebody has changed the record since the plan was made, so it was left alone.";

function heldBack(draft: string): string {
  return `It was not published, as that would publish the record ${draft} too, which is a draft.`;
}

/** What DatoCMS says, for people. */
export function sentenceOf({ code, field, fieldCode, locale }: ApiError): string {
  if (field === undefined) return `DatoCMS refuses it (${code}).`;
  const where = locale === undefined ? field : `${field} in ${locale}`;
  return `DatoCMS refuses its field ${where} (${fieldCode ?? code}).`;
}

function hashOf(step: RecordStep): string {
  switch (step.kind) {
    case "create":
    case "write":
      return `${step.kind} ${canonicalHash(step.body)}`;
    case "parent":
      return `parent ${step.parentId}`;
    default:
      return step.kind;
  }
}

import type { Call, Reply } from "../call.ts";
import { failure } from "../environments.ts";
import { Refusal } from "../errors.ts";
import { jobDocument } from "../jobs.ts";
import type { Content } from "./content.ts";
import { recordDate } from "./dates.ts";
import type { Ref } from "./entity.ts";
import { isLegacyId, isTodaysId } from "./ids.ts";
import type { Mint } from "./mint.ts";
import type { ContentUnknowns } from "./unknowns.ts";

/** A call to an environment that has content. */
export type ContentCall = Call & { readonly content: Content };

/** What the rules of a change work with. */
export type Edit = {
  readonly content: Content;
  readonly mint: Mint;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly unknowns: ContentUnknowns;
  /** Who calls. */
  readonly actor: Ref;
};

/** The token that calls, as `/users/me` names it. */
export const caller: Ref = { id: "312", type: "access_token" };

/** Who works in the interface. */
export const person: Ref = { id: "104280", type: "user" };

/** @returns the edit that a call makes */
export function editOf({ content, state }: ContentCall): Edit {
  return {
    content,
    mint: state.mint,
    now: state.clock.now(),
    unknowns: state.settings.contentUnknowns,
    actor: caller,
  };
}

/** @returns the date of an edit as records carry it */
export function dateOf({ now }: Edit): string {
  return recordDate(now);
}

/**
 * @param wanted the id that a client sends, if any
 * @param isTaken whether something of the kind has it
 * @returns the id of what is created
 * @throws Refusal INVALID_FIELD of `id`
 */
export function newIdFor(edit: Edit, wanted: string | undefined, isTaken: (id: string) => boolean): string {
  if (wanted === undefined) return edit.mint.id();
  const isAllowed = isTodaysId(wanted) || (edit.unknowns.integerIds === "accept" && isLegacyId(wanted));
  if (!isAllowed) throw new Refusal("INVALID_FIELD", { field: "id", code: "VALIDATION_FORMAT" });
  if (isTaken(wanted)) throw new Refusal("INVALID_FIELD", { field: "id", code: "VALIDATION_UNIQUENESS" });
  return wanted;
}

/** @returns whether something in a table has an id, or had it and its kind keeps it (switch `otherDeletedIds`) */
export function takenIn(
  { unknowns }: Edit,
  table: { has(id: string): boolean; hadOnce(id: string): boolean },
): (id: string) => boolean {
  return (id) => table.has(id) || (unknowns.otherDeletedIds === "taken" && table.hadOnce(id));
}

/**
 * @param about the model that is changed
 * @returns the answer of a call whose result waits in a job (facts 5.1), which is done but may be asked for in vain
 */
export function inJob({ state, fault }: Call, document: unknown, status = 200, about?: string): Reply {
  const job = state.jobs.begin(state.settings.jobPolls, about);
  const reply: Reply = { status: 202, document: jobDocument(job) };
  if (fault?.kind === "job-fails") {
    state.jobs.finish(job, state.clock.now(), failure(state, fault.code ?? "EXCEPTION", fault.status));
    throw new FailedInJob(reply);
  }
  if (fault?.kind !== "never-ends") state.jobs.finish(job, state.clock.now(), { status, payload: document });
  return reply;
}

/** @throws Refusal CONCURRENT_ITEM_TYPE_UPDATE while a job changes the model (facts 5.2, row 8) */
export function assertModelIdle({ state, environment }: Call, modelId: string): void {
  if (!state.jobs.isUnderWay(modelJob(environment, modelId))) return;
  throw new Refusal("CONCURRENT_ITEM_TYPE_UPDATE", {}, true);
}

/** @returns what a job is about that changes a model */
export function modelJob({ uid }: Call["environment"], modelId: string): string {
  return `${uid} ${modelId}`;
}

/** Takes back what a call did whose job fails. */
export class FailedInJob extends Error {
  /** The job, which holds the error. */
  readonly reply: Reply;

  constructor(reply: Reply) {
    super("The job fails");
    this.reply = reply;
  }
}

/** @throws Refusal NOT_FOUND for what is not there */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw new Refusal("NOT_FOUND");
  return row;
}

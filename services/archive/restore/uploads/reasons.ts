import type { ApiError } from "../../../sources/datocms/contentWrites.ts";
import type { Reason } from "./context.ts";

/** Why DatoCMS refused to write an upload. */
export function refusalOf([error]: readonly ApiError[]): Reason {
  const code = error?.fieldCode ?? error?.code ?? "DATOCMS_REFUSED";
  const where = error?.field === undefined ? "this upload" : `the upload's ${error.field}`;
  return { code, sentence: `DatoCMS refuses ${where} (${code}).` };
}

export const CHANGED_SINCE: Reason = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has changed the upload since the plan was made, so it was left alone.",
};

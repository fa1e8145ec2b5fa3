import * as z from "zod/mini";

/** The cursor of a list of runs is the last key of the part before, without what every key begins with. */
export const RUNS_FOLDER = "runs/";
export const runsCursor = z.string().check(z.regex(/^[\w.~-]{1,300}$/));

import * as z from "zod";
import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";
import { recordResource, recordSchema, storedRecord } from "../records.ts";
import { assertWritable, record } from "../state.ts";
import { parseBody } from "./body.ts";
import { hasPlaceholder, placeholder } from "./pages.ts";

const createBody = z.object({ data: recordSchema });

/** `GET /items/:id`, with `nested=true` with its blocks. */
export function findRecord({ environment, id, query }: Call): Reply {
  const nested = query.get("nested") === "true";
  const found = environment.records.find((each) => each.id === id);
  if (found !== undefined) return ok({ data: recordResource(found, { nested }) });
  const number = Number(/^item-(\d+)$/.exec(id)?.[1]);
  if (!hasPlaceholder(environment, number)) throw new Refusal("NOT_FOUND");
  return ok({ data: placeholder(number) });
}

/** `POST /items`: a draft, under the id that the caller gives it where that is free. */
export function createRecord({ state, environment, body }: Call): Reply {
  const { data } = parseBody(createBody, body);
  assertWritable(state, environment);
  const isTaken =
    environment.records.some(({ id }) => id === data.id) ||
    hasPlaceholder(environment, Number(/^item-(\d+)$/.exec(data.id ?? "")?.[1]));
  if (isTaken) throw new Refusal("INVALID_FIELD", { field: "id", code: "VALIDATION_UNIQUENESS" });
  const at = state.clock.now();
  const created = storedRecord(data, at);
  environment.records = [...environment.records, created];
  environment.lastDataChangeAt = at;
  record(state, { at, type: "data-changed", id: environment.id, by: "api" });
  return { status: 201, document: { data: recordResource(created, { nested: false }) } };
}

import { buildTriggerDocument } from "../buildTriggers.ts";
import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";

/** `GET /build-triggers` */
export function listBuildTriggers({ state }: Call): Reply {
  return ok({ data: state.buildTriggers.map(buildTriggerDocument) });
}

/** `POST /build-triggers/:id/trigger`: no content. */
export function triggerBuild({ state, id }: Call): Reply {
  const trigger = state.buildTriggers.find((other) => other.id === id);
  if (trigger === undefined && state.shell.build_trigger.has(id)) return { status: 204, document: null };
  if (trigger === undefined) throw new Refusal("NOT_FOUND");
  trigger.triggeredAt.push(state.clock.now());
  return { status: 204, document: null };
}

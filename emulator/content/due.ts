import { record, type State } from "../state.ts";
import { caller } from "./edit.ts";
import { fireSchedules } from "./records/schedules.ts";

/** Publishes and unpublishes what is due by now, in every environment that is ready. */
export function fireDue(state: State): void {
  const { clock, mint, settings } = state;
  for (const environment of state.environments) {
    const { content, phase, primary } = environment;
    if (content === null || phase.kind !== "ready") continue;
    if (!primary && !settings.contentUnknowns.schedulesFireInSandboxes) continue;
    const edit = { content, mint, now: clock.now(), unknowns: settings.contentUnknowns, actor: caller };
    const at = fireSchedules(edit);
    if (at === undefined) continue;
    environment.lastDataChangeAt = at;
    record(state, { at, type: "data-changed", id: environment.id, by: "api" });
  }
}

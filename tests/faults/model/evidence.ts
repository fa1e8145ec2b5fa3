import type { HistoryEvent } from "../../../emulator/emulator.ts";
import type { Call, Invocation } from "./invocation.ts";
import type { Known } from "./ours.ts";
import type { Setting } from "./setting.ts";
import type { Stage } from "./stage.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/** A rule that was broken, and how. */
export interface Breach {
  readonly rule: string;
  readonly what: string;
}

/** Something that the service did to environments. */
export interface Deed {
  readonly event: HistoryEvent;
  /** Who did it. */
  readonly invocation: Invocation;
  readonly call: Call;
  /** What existed right before. */
  readonly before: readonly Known[];
  /** What existed when DatoCMS last listed the environments for that invocation. */
  readonly seen: readonly Known[];
  /** A person did something between that list and the deed. */
  readonly meddled: boolean;
  /** A person did something since the invocation began. */
  readonly meddledSinceStart: boolean;
}

/** All that a history is judged by. */
export interface Evidence {
  readonly stage: Stage;
  readonly setting: Setting;
  readonly timeline: Timeline;
  readonly deeds: readonly Deed[];
}

const OPERATIONS: Readonly<Record<string, string>> = {
  "fork-began": "environments.fork",
  "destroy-began": "environments.destroy",
  renamed: "environments.rename",
};

export function evidenceOf(stage: Stage): Evidence {
  const { project, setting, invocations, edits } = stage;
  const { items, uploads, unknowns, latencyMs = 0 } = setting.project;
  const timeline = timelineOf([...project.history], { unknowns, totals: { items, uploads }, edits });
  const calls = invocations.flatMap((invocation) => invocation.calls.map((call) => ({ invocation, call })));
  const taken = new Set<Call>();
  const deeds = timeline.events.flatMap((event, index) => {
    const operation = event.by === "api" ? OPERATIONS[event.type] : undefined;
    if (operation === undefined) return [];
    const found = calls.find(
      ({ call }) =>
        call.operation === operation &&
        call.id === event.id &&
        // DatoCMS does it halfway through its latency, whatever becomes of the answer.
        Math.abs(event.at - call.sentAt - latencyMs / 2) <= 1 &&
        !(typeof call.outcome === "number" && call.outcome >= 400 && call.outcome < 500) &&
        !taken.has(call),
    );
    if (found === undefined) throw new Error(`Nobody asked for ${event.type} ${event.id}`);
    taken.add(found.call);
    return [deedOf(event, index, found, timeline)];
  });
  return { stage, setting, timeline, deeds };
}

function deedOf(
  event: HistoryEvent,
  index: number,
  { invocation, call }: { readonly invocation: Invocation; readonly call: Call },
  timeline: Timeline,
): Deed {
  const { events, states } = timeline;
  const lists = invocation.calls.filter(
    (each) =>
      each.operation === "environments.list" &&
      each.outcome === 200 &&
      (each.endedAt ?? Infinity) <= call.sentAt,
  );
  // It saw what there was when it asked, or what came while the answer was on its way.
  const from = timeline.after((lists.at(-1)?.sentAt ?? invocation.startedAt) - 1);
  const byUser = (first: number) => events.slice(first, index).some(({ by }) => by === "user");
  return {
    event,
    invocation,
    call,
    before: states[index] ?? [],
    seen: states[from] ?? [],
    meddled: byUser(from),
    meddledSinceStart: byUser(timeline.after(invocation.startedAt - 1)),
  };
}

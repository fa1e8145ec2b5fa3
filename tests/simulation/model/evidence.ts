import * as z from "zod";
import type { HistoryEvent } from "../../../emulator/emulator.ts";
import { hidingIn } from "./giving.ts";
import type { Call, Invocation } from "./invocation.ts";
import { type Hiding, type Known, listed } from "./ours.ts";
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
  /** What existed when DatoCMS last listed the environments for that invocation: what it has been shown. */
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
  const hiding = hidingIn(setting);
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
    return [deedOf(event, index, found, timeline, hiding)];
  });
  return { stage, setting, timeline, deeds };
}

function deedOf(
  event: HistoryEvent,
  index: number,
  { invocation, call }: { readonly invocation: Invocation; readonly call: Call },
  timeline: Timeline,
  hiding: Hiding,
): Deed {
  const { events, states } = timeline;
  const list = invocation.calls.findLast(
    (each) => (each.endedAt ?? Infinity) <= call.sentAt && shownBy(each) !== undefined,
  );
  const from =
    list === undefined ? timeline.after(invocation.startedAt - 1) : pictured(list, timeline, hiding);
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

const instant = z.iso.datetime().transform((text) => Date.parse(text));
const Shown = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      meta: z.object({
        status: z.string(),
        primary: z.boolean(),
        created_at: instant,
        last_data_change_at: instant,
      }),
    }),
  ),
});

const shown = new WeakMap<Call, readonly string[] | undefined>();

/** What a call has shown of the environments; undefined where it was no list, or none that can be read. */
function shownBy(call: Call): readonly string[] | undefined {
  if (call.list === undefined || call.outcome !== 200) return undefined;
  // Every deed after a list asks what that has shown.
  if (!shown.has(call)) shown.set(call, looksIn(call.list));
  return shown.get(call);
}

function looksIn(list: string): readonly string[] | undefined {
  try {
    return Shown.parse(JSON.parse(list)).data.map(({ id, meta: { status, primary, ...at } }) =>
      lookOf({ id, status, primary, createdAt: at.created_at, changedAt: at.last_data_change_at }),
    );
  } catch {
    return undefined;
  }
}

/** Index of the state that a list shows, among those from its sending to its arrival. */
function pictured(list: Call, { states, after }: Timeline, hiding: Hiding): number {
  const [first, last] = [after(list.sentAt - 1), after(list.endedAt ?? list.sentAt)];
  const seen = shownBy(list) ?? [];
  const isShown = (state: readonly Known[]) => {
    const looks = listed(state, hiding).map(lookOf);
    return looks.length === seen.length && looks.every((look) => seen.includes(look));
  };
  // A role may be shown less than there is.
  return first + Math.max(0, states.slice(first, last + 1).findIndex(isShown));
}

type Look = Pick<Known, "id" | "primary" | "createdAt" | "changedAt"> & { readonly status: string };

function lookOf({ id, status, primary, createdAt, changedAt }: Look): string {
  return [id, status, primary, createdAt, changedAt].join(" ");
}

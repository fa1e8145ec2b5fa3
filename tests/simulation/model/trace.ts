import type { Breach } from "./evidence.ts";
import type { Invocation } from "./invocation.ts";
import type { History } from "./script.ts";
import { UNKNOWNS } from "./setting.ts";
import type { Stage } from "./stage.ts";

/** A history for people: what was set, then everything that happened, in order. */
export function traceOf(stage: Stage, { setting }: History, breaches: readonly Breach[]): string {
  const { project: options, ...deployment } = setting;
  const { unknowns, ...project } = options;
  const changed = Object.entries(unknowns).filter(
    ([key, value]) => value !== UNKNOWNS[key as keyof typeof UNKNOWNS][0],
  );
  const lines = [
    // Ticks that slept are many and tell nothing.
    ...stage.invocations.filter(({ calls, isTick }) => !isTick || calls.length > 0).flatMap(linesOf),
    ...stage.project.history.map(({ at, type, id, from, by }) => ({
      at,
      order: 1,
      text: `        ${by === "user" ? "user " : ""}${type} ${id}${from === undefined ? "" : ` (from ${from})`}`,
    })),
    ...stage.notes.map(({ at, text }) => ({ at, order: 0, text: `  -- ${text}` })),
  ].sort((a, b) => a.at - b.at || a.order - b.order);
  return [
    ...breaches.map(({ rule, what }) => `BROKEN: ${rule}: ${what}`),
    `slots: ${JSON.stringify(stage.slots)}`,
    `project: ${JSON.stringify(project)}`,
    `unknowns: ${JSON.stringify(Object.fromEntries(changed))}`,
    `deployment: ${JSON.stringify(deployment)}`,
    ...lines.map(({ at, text }) => `${new Date(at).toISOString().slice(5, 23)} ${text}`),
  ].join("\n");
}

function linesOf(invocation: Invocation): { at: number; order: number; text: string }[] {
  const { number, title, startedAt, endedAt, calls, answer, kill } = invocation;
  const answered = JSON.stringify(answer) ?? "";
  return [
    {
      at: startedAt,
      order: 0,
      text: `#${number} ${title}${kill === undefined ? "" : `, to be killed ${JSON.stringify(kill)}`}`,
    },
    ...calls.map(({ operation, id, from, environment, sentAt, endedAt: ended, outcome }) => ({
      at: sentAt,
      order: 0,
      text: `#${number}   ${operation} ${from}${id === from ? "" : ` → ${id}`}${environment === undefined ? "" : ` in ${environment}`}: ${outcome}${ended === undefined ? "" : ` (${ended - sentAt} ms)`}`,
    })),
    ...(endedAt === undefined
      ? []
      : [{ at: endedAt, order: 2, text: `#${number} answers ${answered.slice(0, 600)}` }]),
  ];
}

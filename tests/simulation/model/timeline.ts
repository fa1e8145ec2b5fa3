import type { HistoryEvent, Unknowns } from "../../../emulator/emulator.ts";
import type { Known } from "./ours.ts";

/** Totals that a user's edit has set. */
export interface Edit {
  readonly items: number;
  readonly uploads: number;
}

/** The emulator's history, and what existed before and after each of its events. */
export interface Timeline {
  readonly events: readonly HistoryEvent[];
  /** What existed before the event of this index; one more than there are events. */
  readonly states: readonly (readonly Known[])[];
  /** What existed at an instant; what happened in that millisecond counts. */
  at(instant: number): readonly Known[];
  /** Index of the first event after an instant. */
  after(instant: number): number;
}

export interface Told {
  readonly unknowns: Unknowns;
  /** Totals of the first primary. */
  readonly totals: Edit;
  /** What each of the history's data changes has set, in order. */
  readonly edits: readonly Edit[];
}

/** Works out from events alone what existed when. */
export function timelineOf(events: readonly HistoryEvent[], told: Told): Timeline {
  const states: (readonly Known[])[] = [[]];
  const counted = { uid: 0, edits: 0 };
  let state: readonly Known[] = [];
  for (const event of events) {
    state = next(state, event, told, counted);
    states.push(state);
  }
  const after = (instant: number) => {
    let index = events.length;
    while (index > 0 && (events[index - 1]?.at ?? 0) > instant) index -= 1;
    return index;
  };
  return { events, states, after, at: (instant) => states[after(instant)] ?? [] };
}

function next(
  state: readonly Known[],
  { at, type, id, from, by }: HistoryEvent,
  { unknowns, totals, edits }: Told,
  counted: { uid: number; edits: number },
): readonly Known[] {
  const change = (known: Partial<Known>) =>
    state.map((each) => (each.id === id ? { ...each, ...known } : each));
  switch (type) {
    case "created":
      return [{ ...NEW, ...totals, uid: counted.uid++, id, primary: true, createdAt: at, changedAt: at }];
    case "fork-began": {
      const source = state.find((each) => each.id === from);
      const known: Known = {
        ...NEW,
        uid: counted.uid++,
        id,
        status: "creating",
        createdAt: at,
        changedAt: at,
        forkedFrom: from ?? null,
        sourceUid: source?.uid ?? null,
        items: source?.items ?? 0,
        uploads: source?.uploads ?? 0,
      };
      return [...state, known];
    }
    case "ready":
      return change({ status: "ready" });
    case "destroy-began":
      return change({ status: "destroying" });
    case "fork-failed":
    case "destroyed":
      return state.filter((each) => each.id !== id);
    case "renamed":
      return state.map((each) => {
        if (each.id === from)
          return {
            ...each,
            id,
            ...(!unknowns.renameKeepsCreatedAt && { createdAt: at }),
            ...(!unknowns.renameKeepsForkedFrom && { forkedFrom: null }),
          };
        const isChild =
          each.forkedFrom === from && state.some((s) => s.id === from && s.uid === each.sourceUid);
        return isChild && unknowns.forkedFromAfterRename === "follows" ? { ...each, forkedFrom: id } : each;
      });
    case "promoted":
      return state.map((each) => ({ ...each, primary: each.id === id }));
    case "data-changed":
      return change({ changedAt: at, ...edits[counted.edits++] });
    case "parameters-changed":
      return by === "api" && unknowns.parametersMoveLastDataChange ? change({ changedAt: at }) : state;
  }
}

const NEW: Known = {
  uid: 0,
  id: "",
  status: "ready",
  primary: false,
  createdAt: 0,
  changedAt: 0,
  forkedFrom: null,
  sourceUid: null,
  items: 0,
  uploads: 0,
};

import { type Html, html } from "./html.ts";

/** How things stand, for the title, the icon and the colour of a page, and for marks in it. */
export type State = "good" | "busy" | "warning" | "bad" | "unknown";

export const STATES = ["good", "busy", "warning", "bad", "unknown"] as const satisfies readonly State[];

/** A state without its colour: a sign of its own shape, and its name for those who do not see it. */
const SIGNS: Readonly<Record<State, { readonly sign: string; readonly name: string }>> = {
  good: { sign: "✔", name: "Good" },
  busy: { sign: "↻", name: "Under way" },
  warning: { sign: "!", name: "Warning" },
  bad: { sign: "✘", name: "Problem" },
  unknown: { sign: "?", name: "Unknown" },
};

/** The sign that a title begins with. */
export function signOf(state: State): string {
  return SIGNS[state].sign;
}

/** A state's sign in its colour, for the beginning of a line; screen readers say its name. */
export function mark(state: State): Html {
  const { sign, name } = SIGNS[state];
  return html`<span class="mark ${state}" role="img" aria-label="${name}">${sign}</span>`;
}

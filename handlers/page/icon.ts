import type { RequestContext } from "../requestContext.ts";
import { STATES, type State } from "./states.ts";

/** Colours that stand out on light and dark tabs alike. */
const COLOURS: Readonly<Record<State, string>> = {
  good: "#1f8a3d",
  busy: "#2f6fdb",
  warning: "#c77700",
  bad: "#c5362b",
  unknown: "#6b7280",
};

/** What is drawn on the disc, so that colour is not alone. */
const DRAWN: Readonly<Record<State, string>> = {
  good: "M9 17l5 5 9-11",
  busy: "M9 12a8 8 0 0 1 14-1M23 6v5h-5M23 20a8 8 0 0 1-14 1M9 26v-5h5",
  warning: "M16 8v10M16 23v1",
  bad: "M11 11l10 10M21 11L11 21",
  unknown: "M12 12a4 4 0 1 1 6 3.5c-1.5.9-2 1.7-2 3.5M16 23v1",
};

/** The address of a state's icon. */
export function iconPath(state: State): string {
  return `/icon-${state}.svg`;
}

/** The pages that are icons: `/icon-good.svg` and so on. */
export const ICONS = STATES.map((state) => ({
  path: iconPath(state),
  handle: (context: RequestContext): Response =>
    context.body(iconOf(state), 200, {
      "Content-Type": "image/svg+xml",
      "Cache-Control": "public, max-age=86400",
    }),
}));

function iconOf(state: State): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="${COLOURS[state]}"/><path d="${DRAWN[state]}" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

import { type Html, html } from "../html.ts";

/** The same deed by hand. */
export interface Command {
  /** Of the command line, without its name. */
  readonly cli: string;
  /** Of the HTTP interface, behind `curl`; absent where there is none. */
  readonly curl?: string | undefined;
}

/**
 * Shows how to do the same at a terminal. Secrets stand as the variables that hold them.
 *
 * @param id of the part that opens, unique in the page
 * @param title what is done
 */
export function commands(id: string, title: string, all: readonly Command[]): Html {
  const lines = all.flatMap(({ cli, curl }) => [
    `datocms-backups ${cli}`,
    ...(curl === undefined ? [] : [`curl ${curl}`]),
  ]);
  return html`<details id="${id}"><summary>${title}</summary><pre>${lines.join("\n")}</pre></details>`;
}

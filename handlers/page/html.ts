import { html } from "hono/html";

/**
 * HTML in template literals, every value of which is escaped. No JSX: Node runs this code as it lies here, and strips
 * types from .ts files alone.
 */
export { html };

/** A piece of a page. */
export type Html = ReturnType<typeof html>;

/** Pieces, one after the other. */
export function all(pieces: readonly (Html | string)[]): Html {
  return html`${pieces}`;
}

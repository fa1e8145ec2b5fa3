import { Content } from "./content.ts";
import type { Mint } from "./mint.ts";

/** Makes what an environment begins with. `now` is the moment of its creation, milliseconds since 1970. */
export type ContentSeed = (context: { readonly mint: Mint; readonly now: number }) => Content;

/** A project without models. */
export const emptyContent: ContentSeed = () => new Content();

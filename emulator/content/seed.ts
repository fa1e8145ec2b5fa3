import { Content } from "./content.ts";
import type { Mint } from "./mint.ts";

/** What content is made with. */
export type SeedContext = {
  readonly mint: Mint;
  /** Number of the project, with which the paths of its assets begin. */
  readonly siteId: string;
  /** When the environment is created, milliseconds since 1970. */
  readonly now: number;
};

/** Makes what an environment begins with. */
export type ContentSeed = (context: SeedContext) => Content;

/** A project without models. */
export const emptyContent: ContentSeed = () => new Content();

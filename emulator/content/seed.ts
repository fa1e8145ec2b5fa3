import { Content } from "./content.ts";
import type { Mint } from "./mint.ts";
import type { Shell } from "./project/shell.ts";
import type { UploadStorage } from "./uploads/storage.ts";

/** What content is made with. */
export type SeedContext = {
  readonly mint: Mint;
  /** Number of the project, with which the paths of its assets begin. */
  readonly siteId: string;
  /** Of the project, to be filled. */
  readonly shell: Shell;
  readonly storage: UploadStorage;
  /** When the environment is created, milliseconds since 1970. */
  readonly now: number;
};

/** Makes what an environment begins with. */
export type ContentSeed = (context: SeedContext) => Content;

/** A project without models. */
export const emptyContent: ContentSeed = () => new Content();

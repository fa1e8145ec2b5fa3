import type { Editor } from "./editor.ts";

/** Something that editors do to an environment and that a restore has to undo. */
export interface Damage {
  /** The cases of facts 10 that it belongs to; none: further ones worth having. */
  readonly cases: readonly number[];
  /** Says what is done, as the title of a test does. */
  readonly does: string;
  inflict(editor: Editor): Promise<unknown>;
}

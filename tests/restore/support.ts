import { nastyProject } from "../../emulator/content/seeds/nasty.ts";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import { contentWorld } from "../emulator/content/support.ts";
import { TOKEN, type World } from "../emulator/support.ts";
import type { Editor } from "./editor.ts";
import { editorOf } from "./editor.ts";
import { type EnvironmentState, stateOf } from "./judge.ts";

export interface Site extends World {
  /** Who works in an environment; default the primary. */
  editor(environment?: string): Editor;
  /** What lies in an environment; default the primary. */
  state(environment?: string): EnvironmentState;
}

/** The project that damages are made for, on virtual time. */
export function nastySite(options: Partial<ProjectOptions> = {}): Site {
  const here = contentWorld({ ...nastyProject({ furnished: true, sortableRows: 10 }), ...options });
  return {
    ...here,
    editor: (environment = "main") => editorOf(here.emulator, TOKEN, environment),
    state: (environment = "main") => stateOf(here.emulator, TOKEN, environment),
  };
}

import { idFrom } from "./ids.ts";

/** Makes what must be new in a project, the same in each run. */
export type Mint = {
  /** @returns an id that nothing in the project has */
  id(): string;
  /** @returns the number of a version, greater than all before */
  version(): string;
};

/** @param projectNumber projects of one emulator make different ids */
export function mintOf(projectNumber: number): Mint {
  let ids = 0;
  let versions = 232_388_000;
  return {
    id: () => idFrom(`project ${projectNumber} id ${++ids}`),
    version: () => String(++versions),
  };
}

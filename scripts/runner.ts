import { fileURLToPath } from "node:url";

/**
 * What a child process runs a TypeScript file with, on every Node that the repository supports:
 * `spawn(process.execPath, [RUNNER, file, ...arguments])`. Not every one of them reads TypeScript by itself.
 */
export const RUNNER = fileURLToPath(new URL("run.cjs", import.meta.url));

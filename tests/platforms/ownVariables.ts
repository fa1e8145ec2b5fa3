let known: readonly string[] = [];

/** Makes a deployment's variables this process's, or this worker's, in the place of those of the one before. */
export function setVariables(variables: Readonly<Record<string, string>>): void {
  for (const name of known) delete process.env[name];
  Object.assign(process.env, variables);
  known = Object.keys(variables);
}

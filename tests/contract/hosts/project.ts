import type { Emulator, Project } from "../../../emulator/emulator.ts";
import { evidence } from "../evidence.ts";
import { type Deployment, type OpenOptions, SECRET } from "../host.ts";
import { tokenWhere } from "../tokens.ts";

/** One project of an emulator, and the variables that lead a deployment to it. */
export interface Backing {
  readonly project: Project;
  readonly variables: Readonly<Record<string, string>>;
  requests: Deployment["requests"];
  forgetRequests(): void;
}

let opened = 0;

/** A project that is older than any copy that a check seeds. */
const AGE_MS = 90 * 24 * 3_600_000;

/** What a fork takes here: long enough to be seen `creating`, and over before the first look. */
export const FORK_MS = 50;
export const DESTROY_MS = 20;

/**
 * Adds a project to an emulator.
 *
 * @param baseUrl where the deployment finds the emulator
 */
export async function backingOf(emulator: Emulator, baseUrl: string, options: OpenOptions): Promise<Backing> {
  const token = options.token ?? (await tokenWhere());
  opened += 1;
  const project = emulator.addProject({
    name: `Contract ${opened}`,
    createdAt: emulator.clock.now() - AGE_MS,
    forkMs: FORK_MS,
    destroyMs: DESTROY_MS,
    rateLimit: null,
    ...options.project,
    token: options.unknownToken === true ? await tokenWhere() : token,
  });
  const variables: Record<string, string | undefined> = {
    DATOCMS_CMA_BASE_URL: baseUrl,
    DATOCMS_FULLACCESS_API_TOKEN: token,
    DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
    ...options.variables,
  };
  for (const [name, value] of Object.entries(variables))
    if (value !== undefined && /TOKEN|SECRET|KEY|ALERT_.*URL|HEARTBEAT/.test(name))
      evidence.mustNotShow(value);
  // With an unknown token the emulator cannot tell whose call it was; nobody else makes such calls meanwhile.
  const owner = options.unknownToken === true ? null : project.name;
  let seen = emulator.requests.length;
  return {
    project,
    variables: Object.fromEntries(
      Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    requests: () => emulator.requests.slice(seen).filter((entry) => entry.project === owner),
    forgetRequests() {
      seen = emulator.requests.length;
    },
  };
}

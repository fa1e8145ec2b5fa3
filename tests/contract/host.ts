import type { Project, ProjectOptions, RequestLogEntry } from "../../emulator/emulator.ts";
import type { Clock } from "../../utils/clock.ts";

/** What only some hosts have; a check that needs one says so, and is counted apart. */
export type Trait =
  /** GET on a job's route asks the schedule; elsewhere it runs the job at once. */
  | "scheduled-get"
  /** The older addresses of the two crons are routes like all others; on Netlify they are the crons' own. */
  | "cron-addresses"
  /** All calls of a route reach one process, over connections that the service can close. */
  | "one-process"
  /** Callers choose the name by which they call it; a platform passes on none but its own. */
  | "any-name"
  /** Time can be made to pass. */
  | "virtual-time";

/** One deployment to be: its environment variables and the DatoCMS project behind it. */
export interface OpenOptions {
  /** Default: one that nobody else has. */
  readonly token?: string;
  /**
   * Added to the defaults, which are the token, the address of the emulator and `SECRET` as shared secret;
   * undefined takes a default away.
   */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Settings of the project; a fork takes 50 ms and a destroy 20 ms unless they say otherwise. */
  readonly project?: Partial<Omit<ProjectOptions, "token">>;
  /**
   * In a process that has answered nobody yet, for what a process counts, or tells once. Default false: a host whose
   * code reads its variables at each call may take a process that another deployment has left.
   */
  readonly fresh?: true;
  /** DatoCMS does not know the token. Default false. */
  readonly unknownToken?: boolean;
}

/** The service as deployed on a host, with a project of the emulator behind it. */
export interface Deployment {
  /** The request's origin is replaced by the deployment's own. */
  call(request: Request): Promise<Response>;
  readonly project: Project;
  /** DatoCMS calls since the last `forgetRequests`, those with an unknown token included. */
  requests(): readonly RequestLogEntry[];
  forgetRequests(): void;
  /** Everything that it has logged so far. */
  log(): string;
  /** Time as the deployment sees it. */
  readonly clock: Clock;
  /** Lets time pass; only where time is virtual. */
  readonly advance?: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

/** Somewhere the service runs. Real time, real requests: a suite may ask nothing more of it. */
export interface Host {
  readonly name: string;
  /** As the status answer names it. */
  readonly provider: "netlify" | "vercel" | "cloudflare" | "unknown";
  readonly cadence: "hourly" | "daily";
  readonly traits: ReadonlySet<Trait>;
  /** Its checks are written down for the ledger and not run. */
  readonly isOnlyListed?: true;
  /** How many times longer than elsewhere things may take: a tool for development starts anew again and again. */
  readonly slowness?: number;
  /** Groups at a time, where it is not as many as elsewhere. */
  readonly lanes?: number;
  /** Makes what every deployment needs, so that no check's time goes into it. */
  readonly prepare?: () => Promise<unknown>;
  open(options: OpenOptions): Promise<Deployment>;
  /** For the trait `virtual-time`. */
  readonly openOnVirtualTime?: (options: OpenOptions) => Promise<Deployment>;
  /** Ends what the host's deployments shared. */
  close(): Promise<void>;
}

/** How often a check does what could leave something behind: once where each call has a process of its own. */
export function timesOf({ slowness }: Host): number {
  return slowness === undefined ? 3 : 1;
}

/** Passes the check for templates' texts, which refuses most words that tests would use. */
export const SECRET = "secret-of-the-contract-tests";
/** What checks set beside it as `CRON_SECRET`. */
export const SECOND_SECRET = "second-secret-of-the-contract-tests";
/** Never configured anywhere. */
export const WRONG_SECRET = "wrong-secret-of-a-stranger";

/** A job that has a cron. */
export type Job = "daily" | "weekly";

export const JOBS: readonly Job[] = ["daily", "weekly"];

/** How large an artefact is; each file compressed for itself, as in a zip. */
export interface Size {
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** A deployment that runs, with the variables it was started with. */
export interface Running {
  /** @param path with its query */
  call(path: string, init: RequestInit): Promise<Response>;
  /**
   * Lets the cron of a job come round, in the platform's own shape.
   *
   * @returns what the platform heard of it
   * @throws Error when that is no success
   */
  tick(job: Job): Promise<string>;
  /** CPU that the job's process has used up to now, ms; undefined where it cannot be known. */
  cpuMs(job: Job): Promise<number | undefined>;
  /** Everything that it has logged. */
  log(): string;
  close(): Promise<void>;
}

/** Something that a platform loads and starts for itself: a Worker, or one of the functions. */
export interface Part {
  readonly name: string;
  /** Takes a while: it compresses. */
  size(): Promise<Size>;
  /**
   * Starts it anew for one request, a preflight.
   *
   * @returns ms from the start to the answer
   * @throws Error when the answer is a server's error
   */
  coldStart(variables: Readonly<Record<string, string>>): Promise<number>;
}

/** What a platform would run, outside the clone that it was built from. */
export interface Artefact {
  /** What `size` is the size of, for example the largest function. */
  readonly sizeOf: string;
  size(): Promise<Size>;
  /** More to know of it, such as how many functions there are. */
  readonly contents: string;
  readonly parts: readonly Part[];
  start(variables: Readonly<Record<string, string>>): Promise<Running>;
}

/** Where an artefact is made. */
export interface Site {
  /** The repository as the platform has it, its packages installed. */
  readonly clone: string;
  /** A folder for the artefact, outside the clone; empty before the build. */
  readonly out: string;
}

export interface Platform {
  readonly name: "netlify" | "vercel" | "cloudflare";
  /** The variable that holds the secret there. */
  readonly secretVariable: string;
  /** Without these, relative to the repository, there is nothing to deploy. */
  readonly needs: readonly string[];
  /** The weekly job's tick that has nothing to do: asleep by the hour, or on another day. */
  readonly idleTick: string;
  /** Which process the start-up time begins with. */
  readonly starts: string;
  /** How CPU is measured, for a reader of the figures. */
  readonly cpuNote: string;
  /** Makes the artefact as the platform does. */
  build(site: Site): Promise<void>;
  /**
   * Reads what a build has left.
   *
   * @throws Error when the platform would refuse it, or would not run the jobs
   */
  artefactIn(site: Site): Promise<Artefact>;
}

import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

/** Routes about what lies in the store. Their handlers come with the host, so that others do not load them. */
export interface OffsiteHandlers {
  runs(context: RequestContext): Promise<Response>;
  runStats(context: RequestContext): Promise<Response>;
  run(context: RequestContext): Promise<Response>;
  jobs(context: RequestContext): Promise<Response>;
  job(context: RequestContext): Promise<Response>;
  archives(context: RequestContext): Promise<Response>;
  archive(context: RequestContext): Promise<Response>;
  createArchive(context: RequestContext): Promise<Response>;
  deleteArchive(context: RequestContext): Promise<Response>;
  verifyArchive(context: RequestContext): Promise<Response>;
  pruneArchives(context: RequestContext): Promise<Response>;
  pinArchive(context: RequestContext): Promise<Response>;
  unpinArchive(context: RequestContext): Promise<Response>;
  uploadArchive(context: RequestContext): Promise<Response>;
  downloadArchive(context: RequestContext): Promise<Response>;
  schedules(context: RequestContext): Promise<Response>;
  createSchedule(context: RequestContext): Promise<Response>;
  replaceSchedule(context: RequestContext): Promise<Response>;
  changeSchedule(context: RequestContext): Promise<Response>;
  deleteSchedule(context: RequestContext): Promise<Response>;
}

/**
 * The handler of such a route.
 *
 * @returns throws ServiceError 403 `SECRET_REQUIRED` where anybody could call, 404 `NO_STORE` where there is no store
 */
export function offsite(route: keyof OffsiteHandlers) {
  return (context: RequestContext): Promise<Response> => {
    const { env, var: variables } = context;
    if (variables.access.kind === "open")
      throw new ServiceError("SECRET_REQUIRED", 403, "This route answers only where a secret is set.");
    if (env.offsite === undefined)
      throw new ServiceError("NO_STORE", 404, "There is no store. Set BACKUP_STORE on a self-hosted server.");
    return env.offsite.handlers[route](context);
  };
}

import type { ClientConfigOptions } from "@datocms/cma-client";
import Environment from "@datocms/cma-client/dist/esm/generated/resources/Environment.js";
import Plugin from "@datocms/cma-client/dist/esm/generated/resources/Plugin.js";
import PublicInfo from "@datocms/cma-client/dist/esm/generated/resources/PublicInfo.js";
import SubscriptionLimit from "@datocms/cma-client/dist/esm/generated/resources/SubscriptionLimit.js";
import User from "@datocms/cma-client/dist/esm/generated/resources/User.js";
import { request } from "@datocms/rest-client-utils";
import type { DatoClient } from "./client.ts";

export { ApiError } from "@datocms/rest-client-utils";

/** What the library's `Client` asks of itself, and its resources of it. */
type Parent = ConstructorParameters<typeof Environment>[0];
type Options = Parameters<typeof request>[0];

const BASE_URL = "https://site-api.datocms.com";

/**
 * The DatoCMS client: the library's own requests and resources, but only the resources that the service uses. The
 * library's `Client` makes all 47 of them anew for each invocation, and reading them took a tenth of a second of every
 * start, on each host. By their files, because their common index keeps them all.
 *
 * @param config as the library's `buildClient` takes it
 */
export function buildClient(config: ClientConfigOptions): DatoClient {
  const { environment, baseUrl = BASE_URL, extraHeaders, ...rest } = config;
  const inEnvironment = environment !== undefined && { "X-Environment": environment };
  const fetchJobResult: Options["fetchJobResult"] = (jobId) =>
    client.jobResultsFetcher?.(jobId) ?? Promise.reject(new Error("Nobody has said how to wait for jobs"));
  const parent = {
    request: <T>(options: Pick<Options, "method" | "url" | "queryParams" | "body">) =>
      request<T>({
        ...rest,
        ...options,
        baseUrl,
        userAgent: "@datocms/cma-client",
        extraHeaders: { ...extraHeaders, ...inEnvironment, "X-API-Version": "3" },
        fetchJobResult,
      } as Options),
  } as Parent;
  const client: DatoClient = {
    environments: new Environment(parent),
    plugins: new Plugin(parent),
    publicInfo: new PublicInfo(parent),
    request: parent.request,
    subscriptionLimits: new SubscriptionLimit(parent),
    users: new User(parent),
  };
  return client;
}

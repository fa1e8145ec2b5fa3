import { type Bearer, bearerOf, knownSecrets } from "../../utils/auth.ts";
import type { RequestContext } from "../requestContext.ts";
import { sessionOf } from "./session.ts";

/** Somebody who may see pages, and how the request says who it is. */
export type Visitor =
  | { readonly by: "session"; readonly bearer: Bearer; readonly since: number }
  | { readonly by: "basic"; readonly bearer: Bearer };

/**
 * Finds out who asks for a page: by the cookie, or, to look alone, by HTTP Basic with a secret as the password, for
 * screens on a wall where nobody signs in.
 *
 * @returns undefined where it is nobody whom we know; throws ServiceError 429 `RATE_LIMITED` for too many wrong secrets
 */
export async function visitorOf(context: RequestContext): Promise<Visitor | undefined> {
  const session = await sessionOf(context);
  if (session !== undefined) return { by: "session", ...session };
  const { req, env } = context;
  const password = passwordIn(req.header("authorization"));
  if (password === undefined || !["GET", "HEAD"].includes(req.method)) return undefined;
  const { access } = context.var;
  const bearer = await bearerOf(knownSecrets(access), [password]);
  if (bearer !== undefined) return { by: "basic", bearer };
  await env.processState.refuse(env);
  return undefined;
}

/** The password of HTTP Basic (https://www.rfc-editor.org/rfc/rfc7617); the user's name is nobody's. */
export function passwordIn(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([\w+/]+=*) *$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    const [, password] = /^[^:]*:(.*)$/s.exec(atob(encoded)) ?? [];
    return password === "" ? undefined : password;
  } catch {
    return undefined;
  }
}

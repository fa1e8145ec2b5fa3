import type { Hono } from "hono/tiny";
import type { Bearer } from "../../utils/auth.ts";
import { acceptsHtml } from "../accepts.ts";
import { presentsSecret } from "../door.ts";
import { answerError } from "../errors.ts";
import type { AppEnv, RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";
import { isOwnForm } from "./form.ts";
import { PAGES, type Page } from "./pages.ts";
import {
  failurePage,
  forbiddenPage,
  foreignFormPage,
  forScriptsPage,
  misconfiguredPage,
  openPage,
} from "./refusalPages.ts";
import { signInPage } from "./signIn.ts";
import { passwordIn, visitorOf } from "./visitor.ts";

/** Whose secrets open a page. */
const OPEN_TO: Readonly<Record<Exclude<Page["needs"], "nothing">, readonly Bearer[]>> = {
  looking: ["admin", "holder", "reader"],
  holder: ["admin", "holder"],
  admin: ["admin"],
};

/** Puts the pages in front of the API's door; what is none of theirs goes on to it. */
export function mountPages(app: Hono<AppEnv>): void {
  for (const page of PAGES)
    app.on([page.method], page.path, (context, next) =>
      isFor(page, context) ? serve(page, context) : next(),
    );
}

/**
 * The answer to a failure elsewhere: a browser in which somebody has typed one of the API's addresses gets a page, everybody
 * else JSON.
 */
export async function answerFailure(error: Error, context: RequestContext): Promise<Response> {
  const isRefusal = error instanceof ServiceError && error.code === "UNAUTHORIZED";
  if (!isRefusal || context.req.method !== "GET" || !acceptsHtml(context) || presentsSecret(context))
    return answerError(error, context);
  const visitor = await visitorOf(context);
  if (visitor === undefined) return signInPage(context);
  context.set("visitor", visitor);
  return forScriptsPage(context);
}

/** Scripts get at these addresses what the API says of them: `GET /` is nothing there. */
function isFor({ path, method, needs }: Page, context: RequestContext): boolean {
  if (method === "POST" || needs === "nothing" || acceptsHtml(context)) return true;
  return path !== "/" && passwordIn(context.req.header("authorization")) !== undefined;
}

async function serve(page: Page, context: RequestContext): Promise<Response> {
  context.set("route", page.path);
  try {
    return await answer(page, context);
  } catch (error) {
    if (!(error instanceof Error) || !acceptsHtml(context)) throw error;
    return failurePage(context, error);
  }
}

async function answer({ method, needs, handle }: Page, context: RequestContext): Promise<Response> {
  const { access } = context.var;
  if (method === "GET" && needs === "nothing") return handle(context);
  if (access.kind === "open") return openPage(context);
  if (access.kind === "misconfigured") return misconfiguredPage(context, access);
  if (method === "POST" && !isOwnForm(context.req.raw)) return foreignFormPage(context);
  if (needs === "nothing") return handle(context);
  const visitor = await visitorOf(context);
  // What a browser sends with each request is for looking; a deed, and what asks for one, needs a session.
  if (visitor === undefined || (visitor.by === "basic" && needs !== "looking"))
    return signInPage(context, method === "GET" ? context.req.path : "/");
  context.set("visitor", visitor);
  context.set("bearer", visitor.bearer);
  if (OPEN_TO[needs].includes(visitor.bearer)) return handle(context);
  return forbiddenPage(context, needs === "admin" ? "admin" : "holder");
}

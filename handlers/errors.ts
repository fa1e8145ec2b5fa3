import { secretsIn } from "../utils/auth.ts";
import { scrub } from "../utils/logger.ts";
import { errorAnswer } from "./answers.ts";
import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

/** A failure as an answer shows it. */
export interface Failure {
  readonly status: ServiceError["status"];
  readonly code: string;
  readonly sentence: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Every failure leaves in the documented envelope; a stack or an error of the client's never does. */
export function answerError(error: Error, context: RequestContext): Response {
  const { status, code, sentence, details } = failureOf(error, context);
  return context.json(envelope(code, sentence, details), status);
}

/** What may be said of an error. Logs it where it is ours, and sets the headers that its status asks for. */
export function failureOf(error: Error, context: RequestContext): Failure {
  const { requestId, logger } = context.var;
  if (!(error instanceof ServiceError)) {
    logger.error("bug", { name: error.name, stack: error.stack });
    const sentence = "Something went wrong inside the service. Its log says more under this request id.";
    return { status: 500, code: "INTERNAL_SERVER_ERROR", sentence, details: { requestId } };
  }
  const { code, status, details } = error;
  // Nothing in it should hold one; a setting that is refused is shown.
  const sentence = scrub(error.message, secretsIn(context.env.variables));
  if (status === 401) context.header("WWW-Authenticate", "Bearer");
  if (status === 429) context.header("Retry-After", String(details.retryAfterSeconds));
  if (status === 405 && typeof details.allowed === "string") context.header("Allow", details.allowed);
  // The rest of the body was not read: the connection cannot be used for another request.
  if (status === 413) context.header("Connection", "close");
  if (status === 500) logger.error("request_failed", { code, cause: String(details.cause ?? ""), sentence });
  return { status, code, sentence, details: status === 500 ? { ...details, requestId } : details };
}

export function notFound(context: RequestContext): Response {
  const sentence = "There is nothing at this address. GET /openapi.json lists every route.";
  return context.json(envelope("NOT_FOUND", sentence, {}), 404);
}

export function methodNotAllowed(methods: readonly string[]): ServiceError {
  const allowed = [...methods, "OPTIONS"].join(", ");
  return new ServiceError("METHOD_NOT_ALLOWED", 405, `This route answers ${allowed} only.`, { allowed });
}

function envelope(code: string, message: string, details: Readonly<Record<string, unknown>>) {
  return { ok: false, error: errorAnswer(code, message, details) };
}

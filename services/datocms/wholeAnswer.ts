import { limitedText } from "../../utils/limitedText.ts";
import type { ReadAnswer } from "../../utils/reads.ts";

/** An answer larger than this is not read: the longest honest one, a list of environments, is far smaller. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** The address that was called names another one. That one is never called: the API token would go there. */
export class Redirected extends Error {
  override readonly name = "Redirected";
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

/**
 * Calls DatoCMS and reads the answer to its end: what is returned has no body left, only `text` and `json`. Redirects are
 * not followed.
 *
 * @param onBytes told the size of each piece as it comes; what it throws ends the reading
 * @throws Redirected, TooLarge, or what `fetchFn` throws
 */
export async function wholeAnswer(
  fetchFn: typeof fetch,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  onBytes?: (bytes: number) => void,
): Promise<Response> {
  // Workers know no `error` here; `manual` is the same everywhere.
  const response = await fetchFn(input, { ...init, redirect: "manual" });
  const { status, statusText, headers, body } = response;
  if (status >= 300 && status < 400) {
    body?.cancel().catch(() => {});
    throw new Redirected(status);
  }
  if (body === null) return response;
  const text = await limitedText(body, MAX_ANSWER_BYTES, onBytes);
  return responseOf({ text, status, statusText, headers });
}

/**
 * Hands over an answer that has been read. It has what the client and the service use of a `Response`: a real one with a
 * copy of all headers would cost more than reading the first.
 */
export function responseOf({ text, status, statusText, headers }: ReadAnswer): Response {
  const response: Pick<Response, "status" | "statusText" | "headers" | "ok" | "body" | "text" | "json"> = {
    status,
    statusText,
    headers,
    ok: status >= 200 && status < 300,
    body: null,
    text: () => Promise.resolve(text),
    json: async (): Promise<unknown> => JSON.parse(text),
  };
  return response as Response;
}

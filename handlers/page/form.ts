import { limitedText, TooLarge } from "../../utils/limitedText.ts";
import { isOnThisHost } from "../crossSite.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";

/** A secret and a name have a few hundred bytes. */
const MOST_BYTES = 4 * 1024;

/**
 * Reads the form that a page was sent with.
 *
 * @throws ServiceError 413, 415 or 400 `INVALID_BODY`
 */
export async function formOf({ req }: RequestContext): Promise<URLSearchParams> {
  const { body, headers } = req.raw;
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded")
    throw new ServiceError(
      "INVALID_BODY",
      415,
      "A page's form is sent as application/x-www-form-urlencoded.",
    );
  if (Number(headers.get("content-length") ?? 0) > MOST_BYTES) throw tooLarge();
  if (body === null) return new URLSearchParams();
  try {
    return new URLSearchParams(await limitedText(body, MOST_BYTES));
  } catch (error) {
    if (error instanceof TooLarge) throw tooLarge();
    throw new ServiceError("INVALID_BODY", 400, "The form could not be read to its end.");
  }
}

/**
 * The form is on a page of ours. Browsers say so themselves (https://www.w3.org/TR/fetch-metadata/); older ones, and all
 * towards plain HTTP elsewhere than on their own machine, name the page's origin.
 */
export function isOwnForm(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  return isOnThisHost(request.headers.get("origin") ?? "", request);
}

function tooLarge(): ServiceError {
  return new ServiceError("INVALID_BODY", 413, "The form is larger than 4 KiB.");
}

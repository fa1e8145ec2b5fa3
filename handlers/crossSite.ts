import { isJson } from "./body.ts";

/**
 * A page of another site has made a visitor's browser send the request. Browsers say so themselves
 * (https://www.w3.org/TR/fetch-metadata/); older ones, and all towards plain HTTP elsewhere than on their own
 * machine, at least name the page. Callers that are no browser (curl, crons, monitors) name nothing.
 */
export function isCrossSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const page = request.headers.get("origin") ?? request.headers.get("referer");
  return page !== null && !isOnThisHost(page, request);
}

/** An address is one of the host that a request was sent to. */
export function isOnThisHost(address: string, { headers, url }: Request): boolean {
  return hostOf(address) === (headers.get("host") ?? new URL(url).host);
}

/**
 * The request is of the kind that the plugin makes: a browser sends a preflight before it. A link, an image, a form, or a script that may not read the answer cannot make it.
 */
export function isPreflighted({ method, headers }: Request): boolean {
  const mode = headers.get("sec-fetch-mode") ?? "cors";
  return method === "POST" && mode === "cors" && isJson(headers);
}

/** @returns undefined for what is no address, such as the `null` of a page that hides its own */
function hostOf(page: string): string | undefined {
  return URL.canParse(page) ? new URL(page).host : undefined;
}

import { settingOf } from "../utils/settings/read.ts";
import type { Variables } from "../utils/variables.ts";

const IPV4 = /^\d+(?:\.\d+){3}$/;

/**
 * Tells whether a server of one's own is called by a name that it can know: an address, `localhost`, or one
 * of `ALLOWED_HOSTS`. A page in a visitor's browser can point a name of its own at such a server and then read
 * its answers as those of its own site (DNS rebinding); it cannot choose what name the browser sends.
 */
export function isKnownHost(request: Request, variables: Variables): boolean {
  const named = nameIn(request.headers.get("host") ?? new URL(request.url).host);
  return named !== undefined && isKnown(named, variables);
}

function isKnown(name: string, variables: Variables): boolean {
  if (IPV4.test(name) || name.startsWith("[")) return true;
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  const allowed = settingOf(variables, "ALLOWED_HOSTS") ?? [];
  return allowed.some((each) => nameIn(each) === name);
}

/** A host's name without port and closing dot, as browsers write it; undefined for what is none. */
function nameIn(host: string): string | undefined {
  const address = `http://${host}`;
  return URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, "") : undefined;
}

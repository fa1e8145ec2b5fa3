import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * The caller's address: the connection's, or the one that proxies of one's own have written down.
 *
 * @param proxies how many of them stand before the server, each of which adds the address that it was called
 *   from to `X-Forwarded-For`: what stands further to the left anybody may have written. Default 0
 * @returns undefined where the connection is gone already
 */
export function addressOf(
  { headers, socket }: Pick<IncomingMessage, "headers"> & { socket: { remoteAddress?: string | undefined } },
  proxies = 0,
): string | undefined {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const told = proxies > 0 ? forwarded.at(-proxies)?.trim() : undefined;
  const address = told !== undefined && isIP(told) > 0 ? told : socket.remoteAddress;
  // How a server on all interfaces sees IPv4.
  return address?.replace(/^::ffff:(?=\d+\.)/, "");
}

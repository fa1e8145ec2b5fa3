import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Ticket } from "../../handlers/page/ticket.ts";
import type { Clock } from "../../utils/clock.ts";

const LASTS_MS = 10 * 60 * 1_000;

/** A ticket for the person who reads the terminal; `begin` starts its ten minutes. */
export interface PrintedTicket extends Ticket {
  readonly key: string;
  begin(): void;
}

/** @param clock the machine's: the demo's own time passes in leaps */
export function createTicket(clock: Pick<Clock, "monotonic">): PrintedTicket {
  const key = randomBytes(24).toString("base64url");
  let until = Number.NEGATIVE_INFINITY;
  return {
    key,
    begin() {
      until = clock.monotonic() + LASTS_MS;
    },
    take(given) {
      const isRight = given.length === key.length && timingSafeEqual(Buffer.from(given), Buffer.from(key));
      const isTaken = isRight && clock.monotonic() < until;
      if (isTaken) until = Number.NEGATIVE_INFINITY;
      return isTaken;
    },
  };
}

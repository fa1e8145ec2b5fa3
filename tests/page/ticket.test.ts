import { expect, test } from "vitest";
import { virtualClock } from "../../emulator/clocks.ts";
import { createTicket } from "../../node/demo/ticket.ts";
import { openSite } from "./support.ts";

const MINUTE_MS = 60_000;

test("a ticket signs in once, as the admin", async () => {
  const ticket = createTicket(virtualClock(0));
  const site = openSite({ runtime: { ticket } });
  ticket.begin();
  expect((await site.ask(`/sign-in/${ticket.key.slice(1)}x`)).status).toBe(404);
  // A preview of the link looks without opening it.
  expect((await site.ask(`/sign-in/${ticket.key}`, { method: "HEAD" })).status).toBe(404);
  expect((await site.ask(`/sign-in/${ticket.key}`)).status).toBe(303);
  expect((await site.ask("/")).status).toBe(200);
  site.cookies = new Map();
  expect((await site.ask(`/sign-in/${ticket.key}`)).status).toBe(404);
  expect((await site.ask("/")).status).toBe(401);
});

test("a ticket ends after ten minutes, and is none before it begins", async () => {
  const clock = virtualClock(0);
  const ticket = createTicket(clock);
  expect(ticket.take(ticket.key)).toBe(false);
  ticket.begin();
  await clock.advance(10 * MINUTE_MS);
  expect(ticket.take(ticket.key)).toBe(false);
});

test("where nobody has made a ticket, no link signs in", async () => {
  const site = openSite();
  expect((await site.ask("/sign-in/anything")).status).toBe(404);
  expect(site.cookies.size).toBe(0);
});

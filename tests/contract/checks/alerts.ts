import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { expectError, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host, OpenOptions } from "../host.ts";
import { DAILY } from "../wire.ts";

const ALERTS = "/api/alerts/test";
const HOOK_SECRET = "secret-of-the-contracts-webhook";

/** Somebody who is told. */
interface Receiver {
  readonly server: Server;
  readonly paths: string[];
}

async function openReceiver(): Promise<{ receiver: Receiver; url: string }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url?.split("?")[0]}`);
    response.writeHead(request.url?.startsWith("/refuses") ? 403 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { receiver: { server, paths }, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Who is told when backups fail, tried out. */
export function alerts(host: Host): void {
  group(host, "alerts", { options: "shared" }, (check) => {
    check("nobody is told yet: 200, and what to set", "no calls", async ({ send }) => {
      const answer = await send("POST", ALERTS);
      expectOk(answer, { channels: [], message: expect.stringContaining("ALERT_WEBHOOK_URL") });
    });

    check("the secret is demanded, and POST", "no calls", async ({ send }) => {
      expectError(await send("POST", ALERTS, { secret: null }), 401, "UNAUTHORIZED");
      expectError(await send("GET", ALERTS), 405, "METHOD_NOT_ALLOWED");
    });

    check(
      "nothing is sent where no secret is set",
      "no calls",
      async ({ send }) => expectError(await send("POST", ALERTS, { secret: null }), 401, "UNAUTHORIZED"),
      { options: { variables: { DATOCMS_BACKUPS_SHARED_SECRET: undefined } } },
    );

    check(
      "a wrong setting: ALERT_FAILED that names it, and backups go on",
      { forks: 1 },
      async ({ send, deployment }) => {
        const answer = await send("POST", ALERTS);
        const channels = [
          {
            channel: "ALERT_SLACK_WEBHOOK_URL",
            ok: false,
            error: "must be an https URL without user name and password in it",
          },
        ];
        expectError(answer, 500, "ALERT_FAILED", expect.objectContaining({ channels }));
        expectOk(await send("POST", DAILY));
        expect(`${answer.text}${deployment.log()}`).not.toContain("an-address-that-is-none");
      },
      { options: { variables: { ALERT_SLACK_WEBHOOK_URL: "http://an-address-that-is-none.test" } } },
    );

    let open: Receiver | undefined;
    const withReceiver = async (): Promise<OpenOptions> => {
      const { receiver, url } = await openReceiver();
      open = receiver;
      const variables = {
        ALERT_WEBHOOK_URL: `${url}/webhook-of-the-contract`,
        ALERT_WEBHOOK_SECRET: HOOK_SECRET,
        ALERT_DISCORD_WEBHOOK_URL: `${url}/refuses-in-the-contract`,
        HEARTBEAT_URL_DAILY: `${url}/beat-of-the-contract`,
      };
      return { variables };
    };
    check(
      "each channel is sent a sample, and the answer says what came of it",
      "no calls",
      async ({ send, deployment }) => {
        try {
          const answer = await send("POST", ALERTS);
          expectError(answer, 500, "ALERT_FAILED");
          const channels = pick(answer.body, "error", "details", "channels");
          // In process every call of the service goes to the emulator, which is nobody's webhook.
          if (host.traits.has("virtual-time"))
            expect(channels).toMatchObject(
              ["webhook", "discord", "heartbeat-daily"].map((channel) => ({ channel, ok: false })),
            );
          else {
            expect(channels).toEqual([
              { channel: "webhook", ok: true, status: 204 },
              { channel: "discord", ok: false, status: 403, error: "REFUSED" },
              { channel: "heartbeat-daily", ok: true, status: 204 },
            ]);
            expect(open?.paths.toSorted()).toEqual([
              "GET /beat-of-the-contract/log",
              "POST /refuses-in-the-contract",
              "POST /webhook-of-the-contract",
            ]);
          }
          expect(`${answer.text}${deployment.log()}`).not.toMatch(/(?:of|in)-the-contract/);
        } finally {
          open?.server.closeAllConnections();
          open?.server.close();
        }
      },
      { options: withReceiver },
    );
  });
}

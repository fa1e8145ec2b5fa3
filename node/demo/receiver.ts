import { once } from "node:events";
import { createServer } from "node:http";
import * as z from "zod";

/** A webhook that keeps what it is sent: in real life somebody's phone. */
export interface Receiver {
  readonly url: string;
  /** Notifications that arrived since the last call. */
  arrived(): WebhookEvent[];
  close(): void;
}

const WebhookEvent = z.object({
  type: z.string(),
  data: z.object({ title: z.string(), sentence: z.string(), advice: z.string().nullable() }),
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** @param host to listen at */
export async function startReceiver(host: string): Promise<Receiver> {
  let events: WebhookEvent[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      events.push(WebhookEvent.parse(JSON.parse(body)));
      response.writeHead(204).end();
    });
  }).listen(0, host);
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://${host}:${typeof address === "object" ? address?.port : ""}/alerts`,
    arrived() {
      const all = events;
      events = [];
      return all;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

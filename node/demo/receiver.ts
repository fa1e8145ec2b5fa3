import { once } from "node:events";
import { createServer } from "node:http";
import * as z from "zod";

/** A webhook that keeps what it is told: in real life somebody's phone. */
export interface Receiver {
  readonly url: string;
  /** What has arrived since this was last asked. */
  arrived(): Notice[];
  close(): void;
}

const Notice = z.object({
  type: z.string(),
  data: z.object({ title: z.string(), sentence: z.string(), advice: z.string().nullable() }),
});
export type Notice = z.infer<typeof Notice>;

/** @param host to listen at */
export async function startReceiver(host: string): Promise<Receiver> {
  let notices: Notice[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      notices.push(Notice.parse(JSON.parse(body)));
      response.writeHead(204).end();
    });
  }).listen(0, host);
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://${host}:${typeof address === "object" ? address?.port : ""}/alerts`,
    arrived() {
      const all = notices;
      notices = [];
      return all;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

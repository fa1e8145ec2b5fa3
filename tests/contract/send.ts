import { request as requestOf } from "node:http";

/** As `fetch` cannot: it names the host by the address, whatever the headers say. */
function sendNamed({ method, headers }: Request, address: string, body: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = requestOf(address, { method, headers: Object.fromEntries(headers), agent: false }, (got) => {
      const chunks: Buffer[] = [];
      got.on("data", (chunk: Buffer) => chunks.push(chunk));
      got.on("error", reject);
      got.on("end", () => {
        const answered = Object.entries(got.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        resolve(new Response(Buffer.concat(chunks), { status: got.statusCode ?? 500, headers: answered }));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A redirect is an answer like others. A body whose length is known is sent with it, any other in chunks. */
export async function send(request: Request, address: string): Promise<Response> {
  const headers = new Headers(request.headers);
  const isMeasured = headers.has("content-length");
  headers.delete("content-length");
  const { method, body } = request;
  if (headers.has("host")) return sendNamed(request, address, await request.text());
  const always = { method, headers, redirect: "manual" } as const;
  if (body === null) return fetch(address, always);
  if (isMeasured) return fetch(address, { ...always, body: await request.text() });
  // Not every declaration of `RequestInit` knows `duplex`, which a stream needs.
  const init = { ...always, body, duplex: "half" };
  return fetch(address, init);
}

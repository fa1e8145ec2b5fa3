/** A body whose length is known is sent with it, any other in chunks. */
export async function send(request: Request, address: string): Promise<Response> {
  const headers = new Headers(request.headers);
  const isMeasured = headers.has("content-length");
  headers.delete("content-length");
  const { method, body } = request;
  if (body === null) return fetch(address, { method, headers });
  if (isMeasured) return fetch(address, { method, headers, body: await request.text() });
  // Not every declaration of `RequestInit` knows `duplex`, which a stream needs.
  const init = { method, headers, body, duplex: "half" };
  return fetch(address, init);
}

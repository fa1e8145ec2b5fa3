/** Small documents of JSON in a store, in one line: what the service notes for itself, without integers that grow long. */

/** As it is stored. */
export function documentBytes(document: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(document)}\n`);
}

/** What some bytes say, for a schema to look at; undefined where they are no JSON. */
export function documentIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

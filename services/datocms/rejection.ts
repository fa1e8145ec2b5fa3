/** What DatoCMS said when it did not do what was asked. Holds no header and no body: they carry the token. */
export interface Rejection {
  readonly status: number;
  /** Every `code` found anywhere in the error document. */
  readonly codes: ReadonlySet<string>;
  /** DatoCMS asks for the same request later. */
  readonly transient: boolean;
  /** Milliseconds after which the rate limit is lifted, where the answer tells. */
  readonly resetMs: number | undefined;
}

/**
 * Understands an answer that is an error.
 *
 * @param reset the header `X-RateLimit-Reset`: seconds until the limit is lifted
 * @param body the parsed document, whatever it is
 */
export function rejectionOf(status: number, reset: string | null | undefined, body: unknown): Rejection {
  const found = { codes: new Set<string>(), transient: false };
  collect(body, found, 0);
  const seconds = Number.parseInt(reset ?? "", 10);
  return { status, ...found, resetMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined };
}

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** The depth keeps a hostile document from costing a stack; real ones are four levels deep. */
function collect(value: unknown, found: { codes: Set<string>; transient: boolean }, depth: number): void {
  if (typeof value !== "object" || value === null || depth > 8) return;
  for (const [key, member] of Object.entries(value)) {
    // Codes are repeated in answers and logs, so nothing else may pass for one.
    if (key === "code" && typeof member === "string" && CODE.test(member)) found.codes.add(member);
    else if (key === "transient" && member === true) found.transient = true;
    else collect(member, found, depth + 1);
  }
}

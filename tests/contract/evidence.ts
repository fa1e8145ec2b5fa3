/** One answer, as the caller saw it. */
export interface Answered {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What one source has written; it grows. */
export interface Written {
  readonly host: string;
  readonly source: "stdout" | "stderr" | "logger";
  text: string;
}

export interface Leak {
  readonly where: string;
  readonly form: string;
}

/** Everything that a run has answered and logged, and the values that must stand nowhere in it. */
export class Evidence {
  readonly answers: Answered[] = [];
  readonly written: Written[] = [];
  private readonly secrets = new Set<string>();

  /** @param value a token or secret, or what a caller presented as one */
  mustNotShow(value: string): void {
    if (value.trim() !== "") this.secrets.add(value.trim());
  }

  /** Keeps an answer and hands it on unread. */
  async keepAnswer(host: string, request: Request, response: Response): Promise<Response> {
    const { status, headers } = response;
    const body = await response.clone().text();
    const path = new URL(request.url).pathname;
    this.answers.push({
      host,
      method: request.method,
      path,
      status,
      headers: Object.fromEntries(headers),
      body,
    });
    return response;
  }

  /** @returns takes text as it comes, in pieces of any size */
  writer(host: string, source: Written["source"]): Written {
    const written: Written = { host, source, text: "" };
    this.written.push(written);
    return written;
  }

  /** Looks for every value in every form in every place. */
  findLeaks(): Leak[] {
    const places = [
      ...this.answers.map((answer) => ({
        where: `${answer.host}: answer to ${answer.method} ${answer.path}`,
        text: `${answer.status}\n${JSON.stringify(answer.headers)}\n${Object.values(answer.headers).join("\n")}\n${answer.body}`,
      })),
      ...this.written.map(({ host, source, text }) => ({ where: `${host}: ${source}`, text })),
    ];
    const forms = [...this.secrets].flatMap(formsOf);
    return places.flatMap(({ where, text }) =>
      forms.filter(({ looksLike }) => text.includes(looksLike)).map(({ form }) => ({ where, form })),
    );
  }
}

/** Shorter pieces turn up by chance. */
const SHORTEST_FORM = 6;

/** A value as it is, and as encodings would carry it. */
function formsOf(value: string): { form: string; looksLike: string }[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((before) => {
    // Within a longer text the value may begin at any of three places of base64's groups.
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [
    { form: "plain", looksLike: value },
    { form: "JSON", looksLike: JSON.stringify(value).slice(1, -1) },
    { form: "percent-encoded", looksLike: encodeURIComponent(value) },
    { form: "hex", looksLike: bytes.toString("hex") },
    ...base64.map((looksLike) => ({ form: "base64", looksLike })),
  ];
  return forms.filter(({ looksLike }) => looksLike.length >= SHORTEST_FORM);
}

/** Of the whole contract run. */
export const evidence = new Evidence();

import * as z from "zod/mini";
import { isPlaceholder } from "../placeholder.ts";
import { PRINTABLE_ASCII, stranger } from "../variables.ts";

/** Kinds of variables that let somebody in. */

export const secret = { secret: true } as const;
/** An HTTP header carries these as they are; DatoCMS's tokens are letters and digits, without white space. */
export const TOKEN = /^[\x21-\x7e]+$/;

/** The project's API token. The message of an issue follows the variable's name in a sentence. */
export const apiToken = {
  schema: z.string().check(
    because((text) => {
      const unsendable = stranger(text, TOKEN);
      return unsendable && `holds ${unsendable}, which no token has`;
    }),
  ),
  expected: "an API token as DatoCMS shows it, without spaces, line breaks and letters beyond ASCII",
  ...secret,
};

export const TEMPLATE_TEXT = "holds a template's text";

/** Opens the service. The message of an issue follows the variable's name in a sentence, and shows nothing of the text. */
export const accessSecret = {
  schema: z.string().check(
    because((text) => {
      if (isPlaceholder(text)) return TEMPLATE_TEXT;
      // A shorter one can be guessed.
      if (text.length < 8) return "is shorter than 8 characters";
      const unsendable = stranger(text, PRINTABLE_ASCII);
      return unsendable && `holds ${unsendable}, which cannot be sent in a header; only printable ASCII can`;
    }),
  ),
  expected: "a random secret of at least 16 characters",
  ...secret,
};

/** The same for what can delete: nobody is to guess it. */
export const adminSecret = {
  ...accessSecret,
  schema: accessSecret.schema.check(
    because((text) => (text.length < 32 ? "is shorter than 32 characters" : undefined)),
  ),
  expected: "a random secret of at least 32 characters",
};

/** Stands in the address of a picture, and opens nothing else. */
export const badgeKey = {
  schema: z.string().check(
    z.regex(/^[\w-]{16,200}$/),
    z.refine((text) => !isPlaceholder(text)),
  ),
  expected: "16 random characters or more, of letters, digits, - and _",
  ...secret,
};

/** @param why says what is wrong with a text */
function because(why: (text: string) => string | undefined) {
  return ({ value, issues }: z.core.ParsePayload<string>): void => {
    const message = why(value);
    if (message !== undefined) issues.push({ code: "custom", input: value, message });
  };
}

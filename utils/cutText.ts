/** Made when the first text is too long: it takes 20 ms, which every start would spend. */
let graphemes: Intl.Segmenter | undefined;

/**
 * Shortens a text between what a reader takes for letters, so that no emoji, flag or accent is torn. Half a
 * character, which no encoding can carry, becomes U+FFFD, also where the text came with it.
 *
 * @param most UTF-16 units of the result, the mark's included
 * @param mark stands for what went
 */
export function cutText(text: string, most: number, mark = ""): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  const room = most - mark.length;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const boundary = graphemes.segment(whole).containing(room)?.index ?? 0;
  // One letter may be as long as its sender likes: then between characters at least.
  const end = boundary > 0 ? boundary : isInPair(whole, room) ? room - 1 : room;
  return `${whole.slice(0, end)}${mark}`;
}

/** In well-formed text a low surrogate always follows its high one. */
function isInPair(text: string, index: number): boolean {
  return /[\udc00-\udfff]/.test(text.charAt(index));
}

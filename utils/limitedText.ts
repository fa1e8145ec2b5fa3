/** More came than was agreed to read. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/**
 * Reads a stream as UTF-8 text.
 *
 * @param maxBytes reading stops where more comes
 * @param onBytes told the size of each piece as it comes; what it throws ends the reading
 * @throws TooLarge
 */
export async function limitedText(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of stream) {
    size += chunk.byteLength;
    onBytes?.(chunk.byteLength);
    if (size > maxBytes) throw new TooLarge(`More than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

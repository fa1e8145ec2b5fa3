import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection of a test's own, which sends whatever bytes it likes. */
export interface RawSocket {
  readonly socket: Socket;
  /** What has come so far. */
  received(): string;
  /** Resolves with all that came when the other side has ended it, in whatever way. */
  readonly closed: Promise<string>;
}

/** Connects to a port of this machine and sends some bytes. */
export async function rawSocket(port: number, bytes: string | Uint8Array = ""): Promise<RawSocket> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += String(chunk);
  });
  // How it was ended does not matter; that it was, does.
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  await once(socket, "connect");
  if (bytes.length > 0) socket.write(bytes);
  return { socket, received: () => text, closed };
}

/** What comes of some bytes: all that the other side has to say to them until it ends the connection. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  return (await rawSocket(port, bytes)).closed;
}

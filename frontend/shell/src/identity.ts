/**
 * Who learns, as the server may know it: as the LMS says, or only as a keyed hash made here in the browser.
 * A plain hash of an e-mail address can be guessed; this one needs the destination's key.
 */
import { hmacSha256 } from "./digest";
import { fromBase64, toHex, utf8 } from "./encoding";

export interface Learner {
  id: string;
  name: string;
}

/** Give the learner to send. Hashed, the id is "h1-" and 64 digits, and the name stays here. */
export async function learnerToSend(id: string, name: string, hashKey: string | undefined): Promise<Learner> {
  if (!hashKey) return { id, name };
  return { id: `h1-${toHex(await hmac(fromBase64(hashKey), utf8(id.trim())))}`, name: "" };
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const subtle = window.crypto?.subtle;
  if (!subtle) return hmacSha256(key, message);
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, message));
}

/**
 * SHA-256 and HMAC without WebCrypto, which browsers offer only on secure pages, while some LMSs still run on plain http:
 * a learner's id must not leave the browser there either. FIPS 180-4, RFC 2104.
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Fractional parts of the square and cube roots of the first primes, as the standard derives its constants. */
function constants(): { start: number[]; rounds: number[] } {
  const start: number[] = [];
  const rounds: number[] = [];
  for (let candidate = 2; rounds.length < 64; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) prime = false;
    if (!prime) continue;
    if (start.length < 8) start.push((candidate ** (1 / 2) * 2 ** 32) | 0);
    rounds.push((candidate ** (1 / 3) * 2 ** 32) | 0);
  }
  return { start, rounds };
}

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

export function sha256(message: Bytes): Bytes {
  const { start: state, rounds } = constants();
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(padded.length - 4, message.length << 3);
  const schedule = new Int32Array(64);
  const word = (index: number) => schedule[index] as number;
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        schedule[i] = view.getInt32(block + i * 4);
        continue;
      }
      const a = word(i - 15);
      const b = word(i - 2);
      const low = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
      const high = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      schedule[i] = (word(i - 16) + low + word(i - 7) + high) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const high = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const one = (h + high + ((e & f) ^ (~e & g)) + (rounds[i] as number) + word(i)) | 0;
      const low = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      state[i] = ((state[i] as number) + value) | 0;
    });
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((value, i) => {
    digest.setInt32(i * 4, value);
  });
  return new Uint8Array(digest.buffer);
}

export function hmacSha256(key: Bytes, message: Bytes): Bytes {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const pad = (byte: number, rest: Bytes) => {
    const joined = new Uint8Array(64 + rest.length);
    for (let i = 0; i < 64; i++) joined[i] = (block[i] as number) ^ byte;
    joined.set(rest, 64);
    return sha256(joined);
  };
  return pad(0x5c, pad(0x36, message));
}

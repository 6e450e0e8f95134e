import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Config, Endpoints } from "./config";
import { hmacSha256, sha256 } from "./digest";
import { toHex, utf8 } from "./encoding";
import { isGenuine, newestEndpoints, signedText } from "./endpoints";
import { learnerToSend } from "./identity";

const KEY = Buffer.from("a destination's own key, 32 bytes").toString("base64");

afterEach(() => vi.unstubAllGlobals());

describe("a learner's id", () => {
  it("is the same keyed hash with and without WebCrypto, and the name stays here", async () => {
    const digits = createHmac("sha256", Buffer.from(KEY, "base64")).update("ann@example.com").digest("hex");
    for (const crypto of [globalThis.crypto, undefined]) {
      vi.stubGlobal("window", { crypto });
      expect(await learnerToSend(" ann@example.com", "Ann", KEY)).toEqual({ id: `h1-${digits}`, name: "" });
    }
  });

  it("goes as it is when the destination does not hash", async () => {
    expect(await learnerToSend("42", "Ann", undefined)).toEqual({ id: "42", name: "Ann" });
  });

  it("is digested as the standard says, for every length around the block size", () => {
    for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 200]) {
      const text = "ä".repeat(length);
      expect(toHex(sha256(utf8(text)))).toBe(createHash("sha256").update(text).digest("hex"));
      const key = utf8("k".repeat(length));
      expect(toHex(hmacSha256(key, utf8(text)))).toBe(
        createHmac("sha256", Buffer.from(key)).update(text).digest("hex"),
      );
    }
  });
});

describe("the list of endpoints", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const config = {
    dispatch: "d1",
    verify: pair.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    endpoints: { serial: 10, urls: ["https://one.example"], signature: "" },
  } as Config;

  function signed(serial: number, urls: string[], key = pair.privateKey): Endpoints {
    const list = { serial, urls, signature: "" };
    const signature = sign("sha256", Buffer.from(signedText("d1", list)), { key, dsaEncoding: "ieee-p1363" });
    return { ...list, signature: signature.toString("base64") };
  }

  it("is replaced by a newer one of the same signer, and by nothing else", async () => {
    vi.stubGlobal("window", { crypto: globalThis.crypto });
    const moved = signed(11, ["https://two.example"]);
    const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
    expect(await newestEndpoints(config, [null, moved])).toBe(moved);
    expect(await newestEndpoints(config, [signed(9, ["https://old.example"])])).toBe(config.endpoints);
    expect(await newestEndpoints(config, [signed(12, ["https://evil.example"], stranger)])).toBe(
      config.endpoints,
    );
    expect(await isGenuine(config, { ...moved, urls: ["https://evil.example"] })).toBe(false);
    expect(await isGenuine({ ...config, dispatch: "d2" }, moved)).toBe(false);
  });

  it("is only the package's own on a page without WebCrypto", async () => {
    vi.stubGlobal("window", { crypto: {} });
    expect(await newestEndpoints(config, [signed(11, ["https://two.example"])])).toBe(config.endpoints);
  });
});

// Bytes: UTF-8, base64 in its two spellings, SHA-256 (FIPS 180-4), and the digests D(tag, body) of docs/formats.md.

const utf8 = new TextEncoder();
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function bytesOf(text) {
  return utf8.encode(text);
}

function joined(...parts) {
  const made = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

function same(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const URL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STD_LETTERS = URL_LETTERS.slice(0, 62) + "+/";

function toBase64(bytes, letters) {
  let text = "";
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const bits = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    text += letters[bits >> 18] + letters[(bits >> 12) & 63] + letters[(bits >> 6) & 63] + letters[bits & 63];
  }
  const rest = bytes.length - at;
  if (rest === 1) text += letters[bytes[at] >> 2] + letters[(bytes[at] & 3) << 4];
  if (rest === 2) {
    const bits = (bytes[at] << 8) | bytes[at + 1];
    text += letters[bits >> 10] + letters[(bits >> 4) & 63] + letters[(bits & 15) << 2];
  }
  return text;
}

function tableOf(letters) {
  const table = new Int16Array(128).fill(-1);
  for (let at = 0; at < 64; at += 1) table[letters.charCodeAt(at)] = at;
  return table;
}

const URL_TABLE = tableOf(URL_LETTERS);
const STD_TABLE = tableOf(STD_LETTERS);

/** The bytes of a base64 text without padding, null unless it is the one spelling of them. */
function fromBase64(text, table) {
  const whole = Math.floor(text.length / 4);
  const rest = text.length - whole * 4;
  if (rest === 1) return null;
  const made = new Uint8Array(whole * 3 + (rest ? rest - 1 : 0));
  let bits = 0;
  let held = 0;
  let to = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const value = code < 128 ? table[code] : -1;
    if (value < 0) return null;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      made[to] = (bits >> held) & 255;
      to += 1;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? made : null;
}

function b64u(bytes) {
  return toBase64(bytes, URL_LETTERS);
}

function unb64u(text, size, field) {
  const data = fromBase64(text, URL_TABLE);
  if (data === null) fail("base64_not_canonical", field);
  if (size !== null && data.length !== size) {
    fail("base64_wrong_size", field, { expected: size, actual: data.length });
  }
  return data;
}

/** Standard base64 with padding, as the log's own texts use it; any flaw is `code`. */
function unb64std(text, code, size = null) {
  const padding = (4 - (text.replace(/=+$/, "").length % 4)) % 4;
  const bare = text.replace(/=+$/, "");
  const data = text === bare + "=".repeat(padding) ? fromBase64(bare, STD_TABLE) : null;
  if (data === null || (size !== null && data.length !== size)) fail(code);
  return data;
}

const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

function checkHash(text, field) {
  if (!HASH.test(text)) unb64u(text, 32, field);
  return text;
}

const ROUND_256 = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

function padded(data, block, lengthBytes) {
  const size = Math.ceil((data.length + 1 + lengthBytes) / block) * block;
  const made = new Uint8Array(size);
  made.set(data);
  made[data.length] = 0x80;
  const view = new DataView(made.buffer);
  view.setUint32(size - 8, Math.floor(data.length / 0x20000000));
  view.setUint32(size - 4, (data.length << 3) >>> 0);
  return view;
}

function sha256(data) {
  const view = padded(data, 64, 8);
  const state = new Uint32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  const w = new Uint32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t += 1) w[t] = view.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t += 1) {
      const x = w[t - 15];
      const y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_256[t] + w[t]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, at) => {
      state[at] += value;
    });
  }
  const made = new DataView(new ArrayBuffer(32));
  state.forEach((value, at) => made.setUint32(4 * at, value));
  return new Uint8Array(made.buffer);
}

/** D(tag, body): the digest as base64url text. */
function digest(tag, body) {
  return b64u(sha256(joined(bytesOf(tag + "\n"), body)));
}

/** RFC 6962 section 2.1. */
function leafHash(data) {
  return sha256(joined(new Uint8Array([0]), data));
}

function nodeHash(left, right) {
  return sha256(joined(new Uint8Array([1]), left, right));
}

/** RFC 9162 section 2.1.3.2; index and size are BigInt. */
function verifyInclusion(index, size, leaf, path, root) {
  if (index < 0n || index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const sibling of path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      r = nodeHash(sibling, r);
      while (fn && !(fn & 1n)) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = nodeHash(r, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(r, root);
}

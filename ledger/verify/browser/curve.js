// Ed25519 verification (RFC 8032 section 5.1.7) with BigInt, and SHA-512: needed where a browser has no Ed25519 of its
// own, or gives it to no page opened from a file. Nothing secret passes through here, so time may vary.

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function mod(a) {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let made = 1n;
  for (let b = mod(base), e = exponent; e; e >>= 1n, b = (b * b) % P) if (e & 1n) made = (made * b) % P;
  return made;
}

const CURVE_D = mod(-121665n * power(121666n, P - 2n));
const SQRT_M1 = power(2n, (P - 1n) / 4n);
const IDENTITY = [0n, 1n, 1n, 0n];
const BASE = (() => {
  const y = mod(4n * power(5n, P - 2n));
  const made = decompress(intBytes(y));
  return made.point;
})();

function littleEndian(bytes) {
  return BigInt("0x" + (hex(Uint8Array.from(bytes).reverse()) || "0"));
}

function intBytes(value) {
  const text = value.toString(16).padStart(64, "0");
  return Uint8Array.from({ length: 32 }, (_, at) => parseInt(text.substr(62 - 2 * at, 2), 16));
}

/** {point} or {code}: strict decoding, RFC 8032 section 5.1.3. */
function decompress(raw) {
  const encoded = littleEndian(raw);
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return { code: "key_not_canonical" };
  const u = mod(y * y - 1n);
  const v = mod(CURVE_D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * SQRT_M1);
  if (mod(v * x * x) !== u) return { code: "key_not_on_curve" };
  if (x === 0n && sign) return { code: "key_not_canonical" };
  if ((x & 1n) !== sign) x = P - x;
  return { point: [x, y, 1n, mod(x * y)] };
}

function compress([x, y, z]) {
  const inverse = power(z, P - 2n);
  return intBytes(mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n));
}

/** RFC 8032 section 5.1.4; complete, so it doubles as well. */
function add(a, b) {
  const m = ((a[1] - a[0]) * (b[1] - b[0])) % P;
  const n = ((a[1] + a[0]) * (b[1] + b[0])) % P;
  const t = (((2n * CURVE_D * a[3]) % P) * b[3]) % P;
  const z = (2n * a[2] * b[2]) % P;
  const e = n - m;
  const f = z - t;
  const g = z + t;
  const h = n + m;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

function negative([x, y, z, t]) {
  return [P - x, y, z, P - t];
}

function multiply(scalar, point) {
  let total = IDENTITY;
  let here = point;
  for (let s = scalar; s; s >>= 1n, here = add(here, here)) if (s & 1n) total = add(total, here);
  return total;
}

/** [s]a + [k]b with one row of doublings. */
function combine(s, a, k, b) {
  const both = add(a, b);
  let total = IDENTITY;
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    total = add(total, total);
    const one = (s >> bit) & 1n;
    const two = (k >> bit) & 1n;
    if (one && two) total = add(total, both);
    else if (one) total = add(total, a);
    else if (two) total = add(total, b);
  }
  return total;
}

function isIdentity(point) {
  return mod(point[0]) === 0n && mod(point[1] - point[2]) === 0n;
}

const judged = new Map();

/** Demand a key that somebody can own: canonical, on the curve, of order L. */
function checkPublicKey(raw, field = "") {
  if (raw.length !== 32) fail("key_wrong_length", field, { actual: raw.length, expected: 32 });
  const name = hex(raw);
  if (!judged.has(name)) {
    const { code, point } = decompress(raw);
    let problem = code || null;
    if (!problem && isIdentity(multiply(8n, point))) problem = "key_small_order";
    if (!problem && !isIdentity(multiply(ORDER, point))) problem = "key_mixed_order";
    judged.set(name, problem);
  }
  if (judged.get(name)) fail(judged.get(name), field);
  return raw;
}

/** Every signature that was verified: what the browser's own Ed25519 is asked about again. */
const verified = new Map();

function verifySignature(raw, signature, message) {
  if (raw.length !== 32 || signature.length !== 64) return false;
  const name = hex(raw) + hex(signature) + hex(sha256(message));
  if (!verified.has(name)) verified.set(name, { raw, signature, message, holds: ed25519(raw, signature, message) });
  return verified.get(name).holds;
}

function ed25519(raw, signature, message) {
  const { point } = decompress(raw);
  const r = signature.slice(0, 32);
  const s = littleEndian(signature.slice(32));
  if (!point || s >= ORDER) return false;
  const k = littleEndian(sha512(joined(r, raw, message))) % ORDER;
  return same(compress(combine(s, BASE, k, negative(point))), r);
}

const PRIMES = (() => {
  const found = [];
  for (let n = 2; found.length < 80; n += 1) if (found.every((prime) => n % prime)) found.push(n);
  return found;
})();

function root(value, degree) {
  let low = 0n;
  let high = value;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

const MASK_64 = (1n << 64n) - 1n;
// The first 64 bits of the fractional parts: FIPS 180-4 sections 4.2.3 and 5.3.5.
const ROUND_512 = PRIMES.map((prime) => root(BigInt(prime) << 192n, 3n) & MASK_64);
const START_512 = PRIMES.slice(0, 8).map((prime) => root(BigInt(prime) << 128n, 2n) & MASK_64);

/** FIPS 180-4 section 6.4, in BigInt: short messages only pass through it. */
function sha512(data) {
  const view = padded(data, 128, 16);
  const turned = (x, n) => ((x >> n) | (x << (64n - n))) & MASK_64;
  const state = [...START_512];
  const w = new Array(80);
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let t = 0; t < 16; t += 1) w[t] = view.getBigUint64(block + 8 * t);
    for (let t = 16; t < 80; t += 1) {
      const s0 = turned(w[t - 15], 1n) ^ turned(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
      const s1 = turned(w[t - 2], 19n) ^ turned(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) & MASK_64;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t += 1) {
      const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const one = h + s1 + ((e & f) ^ (~e & MASK_64 & g)) + ROUND_512[t] + w[t];
      const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const two = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK_64, c, b, a, (one + two) & MASK_64];
    }
    [a, b, c, d, e, f, g, h].forEach((value, at) => {
      state[at] = (state[at] + value) & MASK_64;
    });
  }
  const made = new DataView(new ArrayBuffer(64));
  state.forEach((value, at) => made.setBigUint64(8 * at, value));
  return new Uint8Array(made.buffer);
}

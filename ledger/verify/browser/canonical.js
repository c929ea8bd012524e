// Canonical JSON (RFC 8785 in the closed domain of docs/formats.md), and small checks that name the field they refuse.

class Broken extends Error {
  constructor(code, step, field, params) {
    super(code);
    this.code = code;
    this.step = step;
    this.field = field;
    this.params = params;
  }
}

function fail(code, field = "", params = {}) {
  throw new Broken(code, "", field, params);
}

/** Do the work of a step: what breaks inside is of this step. */
function step(name, work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof Broken) throw new Broken(error.code, name, error.field, error.params);
    throw error;
  }
}

function within(place, work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof Broken) throw new Broken(error.code, error.step, place + error.field, error.params);
    throw error;
  }
}

const MAX_BYTES = 256 * 2 ** 20;
const MAX_DEPTH = 20;
const MAX_ITEMS = MAX_BYTES / 16;
const MAX_INT = 2 ** 53 - 1;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const ASCII = /^[\x20-\x7e]*$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const SURROGATE = /[\ud800-\udfff]/u;
const UNASSIGNED = new RegExp(
  "[^" +
    ASSIGNED.map(([low, high]) => `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`).join("") +
    "]",
  "u",
);

function checkText(text, field) {
  if (ASCII.test(text)) return;
  const flaws = [
    ["text_surrogate", SURROGATE],
    ["text_control", CONTROL],
    ["text_bidi", BIDI],
    ["text_unassigned", UNASSIGNED],
  ];
  for (const [code, pattern] of flaws) {
    const at = text.search(pattern);
    if (at >= 0) fail(code, field, { position: [...text.slice(0, at)].length });
  }
  if (text.normalize("NFC") !== text) fail("text_not_nfc", field, { position: 0 });
}

/** Demand the domain; returns how many values a container holds at least, for the bound on them. */
function checkDomain(value, depth, field) {
  if (typeof value === "string") {
    checkText(value, field);
    return 0;
  }
  if (typeof value === "number") {
    if (!Number.isInteger(value)) fail("number_not_integer", field);
    if (!Number.isSafeInteger(value)) fail("number_too_large", field);
    return 0;
  }
  if (value === null || typeof value === "boolean") return 0;
  if (depth <= 0) fail("nesting_too_deep", field, { most: MAX_DEPTH });
  let count = 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      count += checkDomain(item, depth - 1, `${field}/${members}`);
      members += 1;
    }
  } else {
    for (const key of Object.keys(value)) {
      if (!NAME.test(key)) fail("name_not_of_form", field);
      count += checkDomain(value[key], depth - 1, `${field}/${key}`);
      members += 1;
    }
  }
  return count + Math.max(1, members);
}

function write(value) {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(value[key])}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The canonical bytes of a value of the domain. */
function encode(value) {
  return bytesOf(write(value));
}

function readText(data, most) {
  if (data.length > most) fail("json_too_large", "", { most });
  if (data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf) fail("json_byte_order_mark");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return fail("utf8_invalid", "", { position: "?" });
  }
}

/** Read JSON that may be formatted freely. */
function parse(data, most = MAX_BYTES, depth = MAX_DEPTH, items = MAX_ITEMS) {
  const text = readText(data, most);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    fail("json_malformed", "", { position: "?" });
  }
  if (checkDomain(value, depth, "") >= items) fail("json_too_many_values", "", { most: items });
  return { value, text };
}

/** Read stored bytes: only their one spelling is taken. */
function decode(data, most, depth, items) {
  const { value, text } = parse(data, most, depth, items);
  if (write(value) !== text) fail("json_not_canonical");
  return value;
}

/** By code points, as Python compares texts and as UTF-8 sorts. */
function compare(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    let x = a.charCodeAt(at);
    let y = b.charCodeAt(at);
    if (x !== y) {
      if (x >= 0xd800) x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      if (y >= 0xd800) y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
      return x - y;
    }
  }
  return a.length - b.length;
}

function ascending(items, field) {
  for (let at = 1; at < items.length; at += 1) {
    const order = compare(items[at - 1], items[at]);
    if (order >= 0) fail(order === 0 ? "duplicate_item" : "not_sorted", `${field}/${at}`);
  }
}

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/** A member of an object of somebody's own making, undefined if it has none of that name. */
function member(object, name) {
  return object && has(object, name) ? object[name] : undefined;
}

function objectAt(value, field) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    fail("wrong_kind", field, { expected: "object" });
  }
  return value;
}

function closedObject(value, names, field = "") {
  const members = objectAt(value, field);
  for (const name of Object.keys(members)) if (!names.includes(name)) fail("unknown_name", `${field}/${name}`);
  for (const name of names) if (!has(members, name)) fail("name_missing", `${field}/${name}`);
  return members;
}

function listAt(value, most, field) {
  if (!Array.isArray(value)) fail("wrong_kind", field, { expected: "list" });
  if (value.length > most) fail("list_length", field, { least: 0, most });
  return value;
}

function textAt(value, field) {
  if (typeof value !== "string") fail("wrong_kind", field, { expected: "text" });
  return value;
}

function textsAt(value, most, field) {
  return listAt(value, most, field).map((item, at) => textAt(item, `${field}/${at}`));
}

function intAt(value, least, most, field) {
  if (typeof value !== "number") fail("wrong_kind", field, { expected: "integer" });
  if (value < least || value > most) fail("number_out_of_range", field, { least, most });
  return value;
}

function hashAt(value, field) {
  return checkHash(textAt(value, field), field);
}

function oneOf(value, choices, field) {
  if (typeof value !== "string" || !choices.includes(value)) {
    fail("not_a_choice", field, { choices: [...choices].sort().join(", ") });
  }
  return value;
}

function specAt(members, spec) {
  if (members.spec !== spec) fail("spec_unknown", "/spec", { expected: spec });
}

function sortedHashes(hashes, field) {
  hashes.forEach((item, at) => checkHash(item, `${field}/${at}`));
  ascending(hashes, field);
}

// SPDX-License-Identifier: Apache-2.0
// A signed code from paper, verified with what the browser has: the same checks, in the same order and with the
// same outcomes as paper_code.py. The status is never among them: nobody is asked.
import { Broken } from "./broken.js";
import { item, sign1, signedBytes } from "./cbor.js";
import { award } from "./claims.js";
import { inflated } from "./inflate.js";

const MAX_TEXT = 4296, MAX_MESSAGE = 16_384, MAX_ITEMS = 400;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ES256 = -7, ALG = 1, KEY_ID = 4;
const SKEW = 300;
const KEY_NAME = /^[A-Za-z0-9._-]{1,100}$/;
export const KEYS_LAST_DAYS = 90;

// Base45, RFC 9285, in its one spelling.
export const base45 = (text) => {
  const out = [];
  for (let start = 0; start < text.length; start += 3) {
    const group = text.slice(start, start + 3);
    let value = 0;
    for (const letter of [...group].reverse()) {
      const digit = LETTERS.indexOf(letter);
      if (digit < 0) throw new Broken("a letter of no base45");
      value = value * 45 + digit;
    }
    if (group.length === 1) throw new Broken("one letter left over");
    if (value >= (group.length === 3 ? 0x1_0000 : 0x100)) throw new Broken("a group too large");
    if (group.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return new Uint8Array(out);
};

// Tells whether a text is such a code at all.
export const isCode = (text, tables) => text.startsWith(tables.prefix) && text.length <= MAX_TEXT + 2;

const takenApart = (text, tables) => {
  if (text.length > MAX_TEXT) throw new Broken("longer than any QR code");
  const words = new TextEncoder().encode(tables.words);
  const parts = sign1(inflated(base45(text.slice(tables.prefix.length)), words, MAX_MESSAGE));
  const [header, unprotected, payload, signature] = parts;
  const bytes = [header, payload, signature].every((one) => one instanceof Uint8Array);
  const protectedHeader = bytes && header.length ? item(header) : new Map();
  if (!bytes || !(protectedHeader instanceof Map) || !(unprotected instanceof Map)) throw new Broken("parts of other kinds");
  return { header: protectedHeader, unprotected, payload, signature, claims: item(payload, MAX_ITEMS), signed: signedBytes(header, payload) };
};

const keyName = (code) => {
  const stated = code.header.get(KEY_ID);
  const name = stated instanceof Uint8Array && stated.length <= 100 ? String.fromCharCode(...stated) : "";
  return KEY_NAME.test(name) ? name : null;
};

const headerIsPlain = (code) =>
  code.unprotected.size === 0 && code.header.get(ALG) === ES256 && code.header.size === 2 && keyName(code) !== null;

const seconds = (moment) => (moment ? Date.parse(moment) / 1000 : null);

// What a key is worth that was withdrawn or retired: old_keys.py.
const inTime = (key, made, now) => {
  const revoked = seconds(key.revoked), expires = seconds(key.expires);
  if (revoked !== null && revoked <= now + SKEW) return made < revoked ? ["unknown", "revoked-later"] : ["invalid", "revoked"];
  if (expires !== null && made > expires) return ["invalid", "retired"];
  return ["valid", ""];
};

const keyCheck = (code, said, directory, now) => {
  const issuer = Object.hasOwn(directory.issuers, said.issuer) ? directory.issuers[said.issuer] : null;
  if (!issuer) return [{ code: "proof.key", outcome: "unknown", reason: "issuer" }, null];
  const asOf = seconds(directory.asOf);
  if (now - asOf > KEYS_LAST_DAYS * 86_400) return [{ code: "proof.key", outcome: "unknown", reason: "old" }, null];
  const key = issuer.keys.find((one) => one.id === `${said.issuer}#${keyName(code)}`);
  if (!key) {
    // A key made since the list was kept is no forgery; what was signed before it has to be there.
    return [{ code: "proof.key", outcome: said.issuedAt > asOf ? "unknown" : "invalid", reason: "no-such-key" }, null];
  }
  const [outcome, reason] = inTime(key, said.issuedAt, now);
  return [{ code: "proof.key", outcome, reason }, key];
};

const fits = async (code, key) => {
  if (code.signature.length !== 64) return false;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await crypto.subtle.importKey("jwk", { ...key.jwk, ext: true }, algorithm, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, code.signature, code.signed);
};

const dates = (said, now) => {
  const found = [];
  if (said.begins !== null) found.push({ code: "dates.valid-from", outcome: said.begins <= now + SKEW ? "valid" : "invalid" });
  if (said.ends !== null) found.push({ code: "dates.valid-until", outcome: now <= said.ends ? "valid" : "invalid" });
  return found;
};

const combined = (checks) => {
  const outcomes = new Set(checks.map((check) => check.outcome));
  return outcomes.has("invalid") ? "invalid" : outcomes.has("unknown") || !checks.length ? "unknown" : "valid";
};

// Gives {outcome, checks, award}: the outcome of everything but the status. `directory` has the issuers' keys
// and when they were had; `now` is a Date. Never throws for a bad code.
export const checked = async (text, { tables, directory, now }) => {
  const checks = [];
  const say = (code, outcome, reason = "") => checks.push({ code, outcome, reason });
  const answer = (said = null) => ({ outcome: combined(checks), checks, award: said });
  const trimmed = text.trim();
  if (!isCode(trimmed, tables)) { say("format.recognized", "unknown"); return answer(); }
  let code, said;
  try {
    code = takenApart(trimmed, tables);
    said = award(code.claims, tables);
  } catch (error) {
    say("format.readable", error instanceof Broken ? "invalid" : "unknown", String(error.message ?? error).slice(0, 200));
    return answer();
  }
  say("format.readable", "valid");
  if (!headerIsPlain(code)) { say("proof.header", "invalid"); return answer(said); }
  // A device whose clock is behind the day its keys are of would call what was issued since a forgery.
  const at = Math.max(now.getTime() / 1000, seconds(directory.asOf) ?? 0);
  if (said.issuedAt > at + SKEW) say("proof.created", "invalid", "future");
  const [check, key] = keyCheck(code, said, directory, at);
  checks.push(check);
  if (key) say("proof.signature", (await fits(code, key)) ? "valid" : "invalid");
  checks.push(...dates(said, at));
  return answer(said);
};

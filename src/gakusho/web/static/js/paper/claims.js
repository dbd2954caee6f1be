// SPDX-License-Identifier: Apache-2.0
// What the claims say, as _paper_claims.py reads them: all that is not defined is refused, for what is shown
// was signed, and what was signed is shown.
import { Broken } from "./broken.js";

const ISSUER = 1, ENDS = 4, BEGINS = 5, ISSUED = 6, ID = 7, STATUS = 65535, CONTENT = -65537;
const DEFINED = new Set([ISSUER, ENDS, BEGINS, ISSUED, ID, STATUS, CONTENT]);
const NEEDED = [ISSUER, ISSUED, ID, CONTENT];
const MEMBERS_NEEDED = ["name", "issuer_name", "achievement_name", "achievement_type", "awarded_on"];
const TEXTS = ["name", "kana", "romaji", "former_name", "student_number", "field_of_study", "issue_number", "addressee", "purpose", "narrative"];
const FIRST_DAY = -719162, FIRST_SECOND = -62135596800;

const broken = (member) => { throw new Broken(`${member} is not what it should be`); };
const whole = (value, member, most, least = 0) => (Number.isSafeInteger(value) && value >= least && value <= most ? value : broken(member));
const text = (value, member) => (typeof value === "string" && value ? value : broken(member));
const moment = (value, member) => whole(value, member, 2 ** 37, FIRST_SECOND);
const day = (value, member) => new Date(whole(value, member, 1_000_000, FIRST_DAY) * 86_400_000).toISOString().slice(0, 10);

const mapping = (value, member, defined, needed) => {
  if (!(value instanceof Map)) broken(member);
  for (const name of value.keys()) if (!defined.has(name)) throw new Broken(`${member} has an undefined member`);
  for (const name of needed) if (!value.has(name)) throw new Broken(`${member} lacks a member`);
  return value;
};

const word = (value, table, member) => {
  if (typeof value === "string") return table.includes(value) ? broken(member) : value;
  return table[whole(value, member, table.length - 1)];
};

const languages = (value, tables, member) => {
  if (!(value instanceof Map) || value.size < 1 || value.size > 8) broken(member);
  const found = new Map();
  for (const [tag, words] of value) {
    const language = typeof tag === "string" ? tag : tables.languages[whole(tag, member, 3)];
    if (!language || [...language].length > 35 || found.has(language)) broken(member);
    found.set(language, text(words, member));
  }
  return Object.fromEntries(found);
};

const results = (value, tables) => {
  if (!Array.isArray(value) || value.length !== 5 || !value.every(Array.isArray)) broken("results");
  const [names, values, credits, terms, places] = value;
  if (names.length < 1 || names.length > 400 || [values, credits, places].some((one) => one.length !== names.length)) broken("results");
  for (const term of terms) text(term, "term");
  return names.map((name, row) => {
    const place = whole(places[row], "term", terms.length);
    const credit = credits[row];
    return {
      name: text(name, "results"),
      value: word(values[row], tables.grades, "results"),
      credits: credit === null ? "" : typeof credit === "string" ? credit : String(whole(credit, "credits", 9999)),
      term: place ? terms[place - 1] : "",
    };
  });
};

const status = (token, more, tables) => {
  if (!Array.isArray(more) || more.length > 8) broken("more_status");
  const found = more.map((one) => {
    if (!Array.isArray(one) || one.length !== 4) broken("more_status");
    const kind = word(one[0], tables.statusKinds, "more_status");
    word(one[1], tables.statusPurposes, "more_status");
    return { kind, list: text(one[2], "status"), index: whole(one[3], "status", 2 ** 40) };
  });
  if (token !== undefined) {
    const stated = mapping(token, "status", new Set(["status_list"]), ["status_list"]);
    const place = mapping(stated.get("status_list"), "status_list", new Set(["idx", "uri"]), ["idx", "uri"]);
    found.push({ kind: "TokenStatusList", list: text(place.get("uri"), "status"), index: whole(place.get("idx"), "status", 2 ** 40) });
  }
  return found;
};

const uuid = (bytes) => {
  if (!(bytes instanceof Uint8Array) || bytes.length !== 16) broken("cti");
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

// Gives what the claims say, by name; `tables` are those of the format.
export const award = (stated, tables) => {
  const claims = mapping(stated, "the claims", DEFINED, NEEDED);
  const names = new Map(Object.entries(tables.members).map(([name, number]) => [number, name]));
  const numbered = mapping(claims.get(CONTENT), "the content", new Set(names.keys()), []);
  const content = Object.fromEntries([...numbered].map(([number, value]) => [names.get(number), value]));
  for (const name of MEMBERS_NEEDED) if (!(name in content)) broken(name);
  for (const name of TEXTS) if (name in content) text(content[name], name);
  const given = (name, otherwise) => (name in content ? content[name] : otherwise);
  const leftOut = whole(given("results_left_out", 0), "results_left_out", 100_000);
  if (leftOut && "results" in content) broken("results_left_out");
  const found = { id: uuid(claims.get(ID)), issuer: text(claims.get(ISSUER), "iss") };
  for (const name of TEXTS) found[name] = content[name] ?? "";
  return {
    ...found,
    issuedAt: moment(claims.get(ISSUED), "iat"),
    begins: claims.has(BEGINS) ? moment(claims.get(BEGINS), "nbf") : null,
    ends: claims.has(ENDS) ? moment(claims.get(ENDS), "exp") : null,
    issuerName: languages(content.issuer_name, tables, "issuer_name"),
    achievementName: languages(content.achievement_name, tables, "achievement_name"),
    achievementType: word(content.achievement_type, tables.types, "achievement_type"),
    birthDate: "birth_date" in content ? day(content.birth_date, "birth_date") : "",
    awardedOn: day(content.awarded_on, "awarded_on"),
    documentKind: word(given("document_kind", 2), tables.kinds, "document_kind"),
    documentLanguage: word(given("document_language", 0), tables.documentLanguages, "document_language"),
    results: "results" in content ? results(content.results, tables) : [],
    resultsLeftOut: leftOut,
    status: status(claims.get(STATUS), given("more_status", []), tables),
  };
};
